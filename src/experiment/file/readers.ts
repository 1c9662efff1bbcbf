// Readers convert one value of a YAML file to a typed one, or report a fault. They are as lenient with booleans and
// numbers as the original's schema library, so that its files keep their meaning.
import { closestOf } from '../../kernel/closest.ts'
import { isYamlObject, type YamlObject, type YamlValue } from '../yaml/read-yaml.ts'
import { Float, Timestamp } from '../yaml/scalars.ts'
import type { Faults, Path } from './faults.ts'

/** @returns undefined when a fault was reported */
export type Reader<T> = (value: YamlValue, path: Path, faults: Faults) => T | undefined

/** The name of a value in messages. */
export function describe(value: YamlValue | undefined): string {
  if (value === undefined || value === null) return 'nothing'
  if (value instanceof Float) return `the number ${value.value}`
  if (value instanceof Timestamp) return `the date ${value.text}`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`
  return typeof value === 'boolean' ? `the boolean ${value}` : `the number ${String(value)}`
}

const labelOf = (path: Path): string => (path.length === 0 ? 'the file' : path.join('.'))

export const text: Reader<string> = (value, path, faults) => {
  if (typeof value === 'string') return value
  const isScalar = value !== null && (typeof value !== 'object' || value instanceof Float || value instanceof Timestamp)
  const hint = isScalar ? 'Put it in quotes.' : `Write a text, as in \`${String(path.at(-1) ?? 'key')}: some text\`.`
  faults.add(path, 'wrong_type', `${labelOf(path)} must be a text; found ${describe(value)}`, hint)
  return undefined
}

const TRUE = ['true', 't', 'yes', 'y', 'on', '1']
const FALSE = ['false', 'f', 'no', 'n', 'off', '0']

export const bool: Reader<boolean> = (value, path, faults) => {
  if (typeof value === 'boolean') return value
  const plain = value instanceof Float ? value.value : value
  if (plain === 0 || plain === 1) return plain === 1
  if (typeof plain === 'string') {
    if (TRUE.includes(plain.toLowerCase())) return true
    if (FALSE.includes(plain.toLowerCase())) return false
  }
  faults.add(
    path,
    'wrong_type',
    `${labelOf(path)} must be true or false; found ${describe(value)}`,
    'Write true or false.',
  )
  return undefined
}

/** A whole number, as Python's schema library accepts it: `3`, `3.0`, `"3"` and `true`. */
export function wholeOf(value: YamlValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value : undefined
  if (typeof value === 'string' && /^\s*[-+]?\d+(?:\.0+)?\s*$/.test(value)) return Number(value)
  return undefined
}

export const whole: Reader<number> = (value, path, faults) => {
  const found = wholeOf(value)
  if (found !== undefined && Number.isSafeInteger(found)) return found
  const hint = `Write a whole number, as in \`${String(path.at(-1))}: 3\`.`
  faults.add(path, 'wrong_type', `${labelOf(path)} must be a whole number; found ${describe(value)}`, hint)
  return undefined
}

/** A text or a whole number. */
export const seed: Reader<string | number> = (value, path, faults) => {
  if (typeof value === 'string' || typeof value === 'number') return value
  const found = wholeOf(value)
  if (found !== undefined) return found
  faults.add(
    path,
    'wrong_type',
    `${labelOf(path)} must be a text or a whole number; found ${describe(value)}`,
    'Write a whole number such as 43, or a text in quotes.',
  )
  return undefined
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value, path, faults) => (value === null ? null : read(value, path, faults))
}

export function listOf<T>(read: Reader<T>, example: string): Reader<readonly T[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value)) {
      faults.add(
        path,
        'wrong_type',
        `${labelOf(path)} must be a list; found ${describe(value)}`,
        `Write a list: ${example}.`,
      )
      return undefined
    }
    const read_ = value.map((item, index) => read(item, [...path, index], faults))
    const kept = read_.filter((item) => item !== undefined)
    return kept.length === read_.length ? kept : undefined
  }
}

export function oneOf<const Word extends string>(words: readonly Word[]): Reader<Word> {
  return (value, path, faults) => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    const close = typeof value === 'string' ? closestOf(value, words) : undefined
    const hint = close === undefined ? `Use one of: ${words.join(', ')}.` : `Did you mean \`${close}\`?`
    faults.add(
      path,
      'not_allowed',
      `${labelOf(path)} must be one of ${words.join(', ')}; found ${describe(value)}`,
      hint,
    )
    return undefined
  }
}

/** Reads a mapping key by key, and finally rejects the keys that were not read. */
export class Mapping {
  readonly source: YamlObject
  readonly #path: Path
  readonly #faults: Faults
  readonly #known: string[] = []
  readonly #before: number

  private constructor(source: YamlObject, path: Path, faults: Faults) {
    this.source = source
    this.#path = path
    this.#faults = faults
    this.#before = faults.found.length
  }

  /** Undefined: it is not a mapping, which is reported. @param example what to write instead */
  static open(value: YamlValue, path: Path, faults: Faults, example: string): Mapping | undefined {
    if (isYamlObject(value)) return new Mapping(value, path, faults)
    const message = `${labelOf(path)} must be a mapping; found ${describe(value)}`
    faults.add(path, 'wrong_type', message, `Write keys with values, as in \`${example}\`.`)
    return undefined
  }

  /** @param example what to write when the key is missing */
  required<T>(key: string, read: Reader<T>, example: string): T | undefined {
    this.#known.push(key)
    const value = Object.hasOwn(this.source, key) ? this.source[key] : undefined
    if (value !== undefined) return read(value, [...this.#path, key], this.#faults)
    this.#faults.add([...this.#path, key], 'missing', `${labelOf(this.#path)} has no \`${key}\``, `Add \`${example}\`.`)
    return undefined
  }

  optional<T>(key: string, read: Reader<T>, fallback: T): T | undefined {
    this.#known.push(key)
    const value = Object.hasOwn(this.source, key) ? this.source[key] : undefined
    return value === undefined ? fallback : read(value, [...this.#path, key], this.#faults)
  }

  /** The keys that have not been read. */
  get rest(): readonly string[] {
    return Object.keys(this.source).filter((key) => !this.#known.includes(key))
  }

  /** @param advice for keys that are known to be wrong here: from the other generation, or retired */
  refuseRest(advice: Readonly<Record<string, string>> = {}): void {
    for (const key of this.rest) {
      const close = closestOf(key, this.#known)
      const special = Object.hasOwn(advice, key) ? advice[key] : undefined
      const hint =
        special ??
        (close === undefined ? `The keys here are: ${this.#known.join(', ')}.` : `Did you mean \`${close}\`?`)
      this.#faults.addKey([...this.#path, key], `${labelOf(this.#path)} has the unknown key \`${key}\``, hint)
    }
  }

  /** Whether no fault was found since the mapping was opened. */
  get isWhole(): boolean {
    return this.#faults.found.length === this.#before
  }
}
