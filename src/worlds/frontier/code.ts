// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '55f6ce1b53299a18'
