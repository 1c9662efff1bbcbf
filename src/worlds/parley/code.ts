// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c1dd529904733d79'
