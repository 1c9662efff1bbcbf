// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '50283eeed34c8f0c'
