// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'fdbe31a7505f23bb'
