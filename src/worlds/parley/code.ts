// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '7fdf50e0ce9d5c97'
