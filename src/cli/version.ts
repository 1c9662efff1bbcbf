// The version of the package, under the name by which commands know it.
export { readVersion } from '../lib/version.ts'
