// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = '89a43d2af23fe397'
