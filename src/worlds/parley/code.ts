// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '1dc650d18ed59e5d'
