// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '56d658e608298e41'
