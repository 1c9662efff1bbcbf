// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '58b2953cff32fab3'
