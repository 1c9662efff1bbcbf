// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '1797219d196ef8ff'
