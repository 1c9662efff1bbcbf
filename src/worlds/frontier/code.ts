// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '70c407c863b211f9'
