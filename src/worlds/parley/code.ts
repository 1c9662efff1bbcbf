// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'cb9d4a8c812c3d35'
