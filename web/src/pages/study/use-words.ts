// The words of the chosen language, for every part of a participant page.
import { createContext, useContext } from 'react'
import { LANGUAGES, type Words } from './words.ts'

export const WordsContext = createContext<Words>(LANGUAGES[0].words)
export const useWords = (): Words => useContext(WordsContext)
