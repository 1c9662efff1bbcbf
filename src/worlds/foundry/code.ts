// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'b85656a7e55682ab'
