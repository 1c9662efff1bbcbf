// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '7390df6ec3247c72'
