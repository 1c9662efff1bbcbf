// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c505dd1ac69c701d'
