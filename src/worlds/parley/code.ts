// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '911b6012100fd0a7'
