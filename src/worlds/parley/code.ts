// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c430e5f9a4d3a129'
