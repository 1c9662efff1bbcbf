// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'a4d07b559617ea40'
