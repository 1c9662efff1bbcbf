// What the rest of parley takes from here.
export { characters } from './cast.ts'
export { filterCharacters } from './filters.ts'
