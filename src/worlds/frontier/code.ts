// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '2c1333ca0f301390'
