// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '0f7fa5395c84ea90'
