// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '1fa90e069e035808'
