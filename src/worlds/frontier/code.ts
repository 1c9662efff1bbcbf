// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '27667ccf7e8b443b'
