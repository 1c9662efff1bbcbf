// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '8dc304cee08119b1'
