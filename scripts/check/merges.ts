// Conflict markers that a merge left behind. Compilers find them in code; nothing else reads the pages.
import { lineOf, readSources } from './sources.ts'

const MARKER = /^(?:<{7} |>{7} |={7}$)/gm

export function checkMerges(): string[] {
  const pages = [...readSources('*.md'), ...readSources('{docs,web,examples,tests,bench}/**/*.{md,yml,yaml,css,html}')]
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(MARKER)].map(({ index }) => `${path}:${lineOf(text, index)} has a marker of an unfinished merge`),
  )
}
