// What the rest of parley takes from here.
export { characters } from './built-in.ts'
export { filterCharacters } from './filters.ts'
