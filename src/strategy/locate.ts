// Maps a part of a parsed JSON value to its position in the file's text, so that a problem can point to it.
import { lineAndColumn } from '../kernel/parse.ts'
import type { ProgramPath } from './problems.ts'

/** Half-open range of UTF-16 offsets. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** An entry of an object or array, with its descendants. */
interface Spot {
  readonly key: TextRange | undefined
  readonly value: TextRange
  readonly name: string | number
}

const SPACE = /[ \t\n\r]*/y
const TEXT = /"(?:[^"\\]+|\\.)*"/y
const BARE = /[^\s,\]}]+/y

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** End of the value that starts at `at`. Nesting is counted without recursion. */
function endOf(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; ) {
    const char = text[i]
    if (char === '"') i = Math.max(match(TEXT, text, i), i + 1)
    else {
      if (char === '{' || char === '[') depth++
      else if (char === '}' || char === ']') depth--
      i = depth === 0 && char !== '}' && char !== ']' ? match(BARE, text, i) : i + 1
    }
    if (depth === 0) return i
  }
  return text.length
}

/** Entries of the container that starts at `at`, in text order. */
function* entriesOf(text: string, at: number): Generator<Spot> {
  const isArray = text[at] === '['
  let index = 0
  for (let i = match(SPACE, text, at + 1); i < text.length && text[i] !== '}' && text[i] !== ']'; ) {
    let key: TextRange | undefined
    if (!isArray) {
      key = { start: i, end: match(TEXT, text, i) }
      i = match(SPACE, text, match(SPACE, text, key.end) + 1)
    }
    const value = { start: i, end: endOf(text, i) }
    yield { key, value, name: key ? nameOf(text.slice(key.start, key.end)) : index++ }
    i = match(SPACE, text, value.end)
    if (text[i] === ',') i = match(SPACE, text, i + 1)
  }
}

function nameOf(quoted: string): string {
  const name: unknown = JSON.parse(quoted)
  return String(name)
}

/**
 * Finds the value at `path` in JSON text, or its nearest existing ancestor. If a key occurs twice in one
 * object, the last one counts, as in JSON.parse.
 * @param text JSON that has been parsed without error
 * @param isKey true: the range of the key instead of its value
 *
 * @example
 * import { excerpt, locate } from 'paracosm/strategy'
 *
 * const text = '{"type": "program", "rules": []}'
 * console.log(excerpt(text, locate(text, ['rules'])))
 */
export function locate(text: string, path: ProgramPath, isKey = false): TextRange {
  const start = match(SPACE, text, 0)
  let found: Spot = { key: undefined, value: { start, end: endOf(text, start) }, name: '' }
  for (const step of path) {
    let next: Spot | undefined
    for (const spot of entriesOf(text, found.value.start)) if (spot.name === step) next = spot
    if (!next) return found.value
    found = next
  }
  return isKey ? (found.key ?? found.value) : found.value
}

/** A key that already occurred in its object. */
export interface DuplicateKey {
  readonly key: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

/** Maximum number of reported duplicates. */
const MAX_DUPLICATES = 20

/**
 * Keys that occur more than once in one object, in the order of the text.
 * @param text JSON that has been parsed without error
 */
export function findDuplicateKeys(text: string): DuplicateKey[] {
  const found: DuplicateKey[] = []
  const open: (Set<string> | undefined)[] = []
  for (let i = 0; i < text.length && found.length < MAX_DUPLICATES; i++) {
    const char = text[i]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = match(TEXT, text, i)
      const keys = open.at(-1)
      if (keys && text[match(SPACE, text, end)] === ':') {
        const key = nameOf(text.slice(i, end))
        if (keys.has(key)) found.push({ key, ...lineAndColumn(text, i) })
        keys.add(key)
      }
      i = end - 1
    }
  }
  return found
}

/**
 * The line of `text` in which `range` starts, and below it a caret under its first character and tildes under what
 * follows on the same line. Long lines are cut around the caret.
 *
 * @example
 * import { excerpt, locate } from 'paracosm/strategy'
 *
 * const text = '{"type": "program", "rules": []}'
 * console.log(excerpt(text, locate(text, ['rules'])))
 */
export function excerpt(text: string, range: TextRange, width = 100): string {
  const lineStart = text.lastIndexOf('\n', range.start - 1) + 1
  const nextBreak = text.indexOf('\n', range.start)
  const lineEnd = nextBreak === -1 ? text.length : nextBreak
  const from = range.start - lineStart > width / 2 ? range.start - Math.floor(width / 2) : lineStart
  const to = Math.min(lineEnd, from + width)
  const length = Math.max(1, Math.min(range.end, to) - range.start)
  const blank = text.slice(from, range.start).replace(/[^\t]/g, ' ')
  return `${text.slice(from, to).replace(/\r$/, '')}\n${blank}^${'~'.repeat(length - 1)}`
}
