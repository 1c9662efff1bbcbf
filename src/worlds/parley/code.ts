// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'b4fda812e78da20a'
