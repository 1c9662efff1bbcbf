// The exports of this folder for the rest of parley.
export { characters } from './built-in.ts'
export { filterCharacters } from './filters.ts'
