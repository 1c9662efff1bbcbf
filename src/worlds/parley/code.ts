// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c9a6e302710c6688'
