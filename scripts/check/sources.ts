// The source files that the checks read.
import { globSync, readFileSync } from 'node:fs'

export interface Source {
  /** Path from the root of the project. */
  readonly path: string
  readonly text: string
  /** The text with comments blanked out, line numbers kept. */
  readonly code: string
}

function blankComments(text: string): string {
  const blank = (match: string): string => match.replace(/[^\n]/g, ' ')
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|[\s;{}(),])\/\/.*$/gm, blank)
}

export function readSources(pattern: string): Source[] {
  return globSync(pattern, { exclude: (name) => name === 'node_modules' || name === 'dist' })
    .sort()
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path, text, code: blankComments(text) }
    })
}

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
