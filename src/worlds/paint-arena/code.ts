// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '6f6329f1da71d585'
