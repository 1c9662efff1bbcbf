// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'd843ee7258b01186'
