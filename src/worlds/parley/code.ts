// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '2f70b72eab56ca19'
