// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'e95132ef3565cc33'
