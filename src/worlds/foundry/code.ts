// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '3d1694ff0353ee47'
