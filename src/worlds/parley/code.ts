// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'ed2ef2fd8b862f4d'
