// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '28a03099d8402418'
