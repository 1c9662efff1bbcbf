// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'd504308d46221d8d'
