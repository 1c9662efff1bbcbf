// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '40b0d3d70e11bde2'
