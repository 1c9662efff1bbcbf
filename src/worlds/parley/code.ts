// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'b9f93f1fb7524cf3'
