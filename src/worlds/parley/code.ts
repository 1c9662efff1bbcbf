// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '080fb768321d22eb'
