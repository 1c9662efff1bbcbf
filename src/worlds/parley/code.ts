// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'c3101caec7381d3f'
