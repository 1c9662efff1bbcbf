// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '043d93e4a856d0f6'
