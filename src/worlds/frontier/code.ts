// Written by `npm run codes`: the digest of this world's source. Journals carry it.
export const code = 'ae7204c99ce42bce'
