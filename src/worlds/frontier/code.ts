// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'f84fcf2ce86786e2'
