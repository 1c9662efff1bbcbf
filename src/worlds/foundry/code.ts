// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c3eb62c7ee9a58f8'
