// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '4322f4d7eaf1a407'
