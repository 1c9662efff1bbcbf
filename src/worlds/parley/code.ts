// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '5741728ea1b7a48d'
