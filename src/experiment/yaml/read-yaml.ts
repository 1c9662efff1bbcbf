// Reads a YAML file into values and their places, so that later errors can name line and column.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml'
import { AppError } from '../../kernel/errors.ts'
import { Float, resolvePlain, Timestamp, type YamlScalar } from './scalars.ts'

export interface Place {
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

export type YamlValue = YamlScalar | readonly YamlValue[] | YamlObject
export interface YamlObject {
  readonly [key: string]: YamlValue
}

/** A fault of the text itself, before any schema is applied. */
export interface YamlFault extends Place {
  readonly message: string
  readonly hint: string
}

export interface YamlFile {
  readonly value: YamlValue
  /** Syntax faults; `value` is then null. */
  readonly faults: readonly YamlFault[]
  /** Keys that occur twice in one mapping: the last one counts. */
  readonly repeated: readonly (Place & { readonly key: string })[]
  /** Where a value begins; for a path that does not exist, where its closest existing part begins. */
  placeOf(path: readonly (string | number)[]): Place
  /** The place of a value's key. */
  keyPlaceOf(path: readonly (string | number)[]): Place
}

/** Maximum length of one file, in characters: enough for thousands of questions. */
export const MAX_FILE_CHARACTERS = 1_000_000
/**
 * Maximum number of values in one file. Aliases count each time they are used, so that a small file cannot expand to a
 * huge one.
 */
const MAX_VALUES = 100_000
const MAX_DEPTH = 50

/** @throws AppError FILE_TOO_LARGE; VALIDATION_ERROR for a file that becomes too large through its aliases */
export function readYaml(text: string): YamlFile {
  if (text.length > MAX_FILE_CHARACTERS) {
    throw new AppError('FILE_TOO_LARGE', `the file has ${text.length} characters; at most ${MAX_FILE_CHARACTERS}`)
  }
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const reader = new Reader(lines)
  const list = Array.isArray(documents) ? documents : []
  const [first] = list
  const faults = list.flatMap((each) => each.errors.map((error) => faultOf(error, text, lines)))
  const second = list[1]
  if (second && faults.length === 0) {
    const { line, col } = lines.linePos(second.range[0])
    faults.push({
      line,
      column: col,
      message: 'a second YAML document begins here',
      hint: 'Remove the line with `---`.',
    })
  }
  const value = first && faults.length === 0 ? reader.read(first) : null
  faults.push(...reader.faults)
  return {
    value,
    faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, 20),
    repeated: reader.repeated,
    placeOf: (path) => reader.placeOf(path, 'value'),
    keyPlaceOf: (path) => reader.placeOf(path, 'key'),
  }
}

const pathKey = (path: readonly (string | number)[]): string => JSON.stringify(path.map(String))

class Reader {
  readonly repeated: (Place & { readonly key: string })[] = []
  readonly faults: YamlFault[] = []
  readonly #lines: LineCounter
  readonly #values = new Map<string, number>()
  readonly #keys = new Map<string, number>()
  #count = 0

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  read(document: Document.Parsed): YamlValue {
    return this.#convert(document.contents, document, [])
  }

  placeOf(path: readonly (string | number)[], what: 'key' | 'value'): Place {
    for (let length = path.length; length >= 0; length--) {
      const key = pathKey(path.slice(0, length))
      const offset =
        what === 'key' && length === path.length
          ? (this.#keys.get(key) ?? this.#values.get(key))
          : (this.#keys.get(key) ?? this.#values.get(key))
      const own = what === 'value' && length === path.length ? this.#values.get(key) : undefined
      const found = own ?? offset
      if (found !== undefined) return this.#placeAt(found)
    }
    return { line: 1, column: 1 }
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  #convert(node: unknown, document: Document.Parsed, path: readonly (string | number)[]): YamlValue {
    if (++this.#count > MAX_VALUES || path.length > MAX_DEPTH) {
      throw new AppError('VALIDATION_ERROR', `the file has more than ${MAX_VALUES} values, or is nested too deeply`)
    }
    if (isAlias(node)) return this.#follow(node, document, path)
    const start = rangeStart(node)
    if (start !== undefined && !this.#values.has(pathKey(path))) this.#values.set(pathKey(path), start)
    if (isScalar(node)) return scalarOf(node)
    if (isSeq(node)) return node.items.map((item, index) => this.#convert(item, document, [...path, index]))
    if (isMap(node)) return this.#convertMap(node, document, path)
    return null
  }

  #follow(alias: Alias, document: Document.Parsed, path: readonly (string | number)[]): YamlValue {
    const start = rangeStart(alias)
    if (start !== undefined) this.#values.set(pathKey(path), start)
    const target = alias.resolve(document)
    if (target !== undefined) return this.#convert(target, document, path)
    const message = `the alias *${alias.source} has no anchor &${alias.source} before it`
    const hint = 'Define the anchor (&name) before the alias (*name) that uses it.'
    this.faults.push({ message, hint, ...this.#placeAt(start ?? 0) })
    return null
  }

  #convertMap(map: YAMLMap, document: Document.Parsed, path: readonly (string | number)[]): YamlObject {
    const own = new Map<string, YamlValue>()
    const merged = new Map<string, YamlValue>()
    for (const pair of map.items) {
      const key = keyText(pair)
      const start = rangeStart(pair.key)
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        const value = this.#convert(pair.value, document, path)
        for (const from of Array.isArray(value) ? value : [value]) {
          if (isYamlObject(from)) for (const [name, each] of Object.entries(from)) merged.set(name, each)
        }
        continue
      }
      const below = [...path, key]
      if (own.has(key) && start !== undefined) {
        this.repeated.push({ key, ...this.#placeAt(start) })
        this.#values.delete(pathKey(below))
      }
      if (start !== undefined) this.#keys.set(pathKey(below), start)
      own.set(key, this.#convert(pair.value, document, below))
    }
    return Object.fromEntries([...merged, ...own])
  }
}

function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value ?? '') : '?'
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const { range } = node
  const start: unknown = Array.isArray(range) ? range[0] : undefined
  return typeof start === 'number' ? start : undefined
}

/** Whether the value is a mapping. */
export function isYamlObject(value: YamlValue | undefined): value is YamlObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Timestamp)
  )
}

function scalarOf(node: { readonly value: unknown; readonly type?: unknown; readonly tag?: unknown }): YamlScalar {
  const text = node.value === null || node.value === undefined ? '' : String(node.value)
  const tag = typeof node.tag === 'string' ? node.tag : undefined
  if (tag === 'tag:yaml.org,2002:str') return text
  if (tag?.startsWith('tag:yaml.org,2002:')) return resolvePlain(text)
  // Without a type the node is an empty value.
  return node.type === 'PLAIN' || node.type === undefined ? resolvePlain(text) : text
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab/i, 'Indent with spaces: YAML does not allow tabs there.'],
  [/end with a \]|flow sequence|flow collection/i, 'Close the list with `]`.'],
  [/end with a \}|flow map/i, 'Close the mapping with `}`.'],
  [/closing.*quote|quoted/i, 'Close the quotes, or write the text on its own lines after a `|`.'],
  [/nested mappings|implicit keys|implicit map key/i, 'A text with a colon needs quotes: "like: this".'],
  [/same column|indent/i, 'Give the keys of one mapping the same indentation.'],
  [/alias|anchor/i, 'Define the anchor (&name) before the alias (*name) that uses it.'],
]

function faultOf(error: YAMLParseError, text: string, lines: LineCounter): YamlFault {
  const message = error.message.split('\n')[0] ?? 'the text is not YAML'
  const hint =
    HINTS.find(([pattern]) => pattern.test(message))?.[1] ?? 'Check the indentation and the punctuation here.'
  const opener = openerOf(error, text)
  const { line, col } = lines.linePos(opener ?? error.pos[0])
  return { line: Math.max(1, line), column: Math.max(1, col), message, hint }
}

/** An unclosed bracket or quote is reported where it was opened, because the parser notices it only lines later. */
function openerOf(error: YAMLParseError, text: string): number | undefined {
  const bracket = /end with a ([\]}])/.exec(error.message)?.[1] ?? /expected.*([\]}])/i.exec(error.message)?.[1]
  if (bracket !== undefined) {
    const open = text.lastIndexOf(bracket === ']' ? '[' : '{', error.pos[0])
    return open < 0 ? undefined : open
  }
  if (!/closing.*quote/i.test(error.message)) return undefined
  const quote = /double|"/.test(error.message) ? '"' : "'"
  const line = text.lastIndexOf(quote, Math.max(0, error.pos[0] - 1))
  return line < 0 ? undefined : line
}
