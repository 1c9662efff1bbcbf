// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'cadbebe56259c8f4'
