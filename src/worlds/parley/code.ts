// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '501dfd749aedf2ca'
