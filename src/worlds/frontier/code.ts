// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'd32652a036206612'
