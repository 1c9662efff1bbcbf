// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'd03f0b495012e88d'
