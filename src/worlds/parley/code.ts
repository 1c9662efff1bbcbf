// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '3327189151066821'
