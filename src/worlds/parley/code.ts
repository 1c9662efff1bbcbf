// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '8e0fd741e325ab7d'
