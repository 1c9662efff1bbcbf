// The journal's codec: one JSON object per line, each with a running hash over itself and all lines before it.
//
// chain(n) = SHA-256 of the text chain(n-1) + body(n), as 64 hex digits; chain(-1) = 64 zeros; body is the line's text
// without its hash.
// Most lines print the first 16 hex digits of their chain value; the header, lines with a saved state and the outcome
// print all 64, so that a reader can begin there, and the hash of the outcome covers the whole journal.
import {
  CheckpointLine,
  FailureLine,
  JournalHeader,
  type JournalLine,
  OutcomeLine,
  StepLine,
} from '../protocol/journal.ts'
import { AppError } from './errors.ts'
import { READABLE_VERSIONS, upgradeHeader, upgradeStep } from './journal-upgrade.ts'
import { findTooDeep } from './json-fault.ts'
import { describeIssue, MAX_JSON_DEPTH } from './parse.ts'
import { sha256, toHex } from './sha256.ts'

const SHORT = 16
const FULL = 64
const encoder = new TextEncoder()

/** SHA-256 of a text's UTF-8 bytes, as 64 hex digits. */
export type TextHash = (text: string) => string

/** The hash in plain TypeScript, for browsers; Node has a faster one (episode/native-hash.ts), equal by test. */
export function hashText(text: string): string {
  return toHex(sha256(encoder.encode(text)))
}

const START = '0'.repeat(FULL)

/** The running hash. */
export class Chain {
  readonly #hash: TextHash
  #value: string

  /**
   * @param hash how texts are hashed; every implementation gives the same
   * @param value the running hash to continue from, 64 hex digits
   */
  constructor(hash: TextHash = hashText, value: string = START) {
    this.#hash = hash
    this.#value = value
  }

  /** The current hash, 64 hex digits. */
  get hex(): string {
    return this.#value
  }

  /** Adds a line. `body` is JSON text of a non-empty object; returns the text to store, without a line end. */
  seal(body: string, isFull: boolean): string {
    this.#value = this.#hash(this.#value + body)
    return `${body.slice(0, -1)},"hash":"${isFull ? this.#value : this.#value.slice(0, SHORT)}"}`
  }

  /**
   * Splits a stored line into body and hash; undefined when the hash is missing or does not follow from the lines
   * before.
   */
  open(text: string): { body: string; hash: string } | undefined {
    const split = splitHash(text)
    if (!split) return undefined
    this.#value = this.#hash(this.#value + split.body)
    return this.#value.startsWith(split.hash) ? split : undefined
  }
}

/** Body and hash of a stored line, unchecked. */
export function splitHash(text: string): { body: string; hash: string } | undefined {
  for (const digits of [SHORT, FULL]) {
    const at = text.length - digits - 11
    if (at > 0 && text.startsWith(',"hash":"', at) && text.endsWith('"}')) {
      return { body: `${text.slice(0, at)}}`, hash: text.slice(at + 9, -2) }
    }
  }
  return undefined
}

/**
 * Parses the body of a line.
 * @param number of the line, from 1, for messages
 * @throws AppError JOURNAL_CORRUPT, or JOURNAL_VERSION for a journal of another version
 */
export function parseLine(body: string, number: number): JournalLine {
  const value = parseBody(body, number)
  if (isBareStep(value)) return { kind: 'step', line: value }
  if ('paracosm' in value) return { kind: 'header', header: parseHeader(value, number) }
  if ('outcome' in value) return { kind: 'outcome', line: check(OutcomeLine.safeParse(value), number) }
  if ('failure' in value) return { kind: 'failure', line: check(FailureLine.safeParse(value), number) }
  if ('digest' in value) return { kind: 'checkpoint', line: check(CheckpointLine.safeParse(value), number) }
  return { kind: 'step', line: check(StepLine.safeParse(upgradeStep(value)), number) }
}

/** Fast check of the most common line: a step with inputs and nothing else. All others go through the schema. */
function isBareStep(value: object): value is StepLine {
  if (!('step' in value && 'inputs' in value) || Object.keys(value).length !== 2) return false
  const { step, inputs } = value
  return Number.isSafeInteger(step) && Number(step) >= 0 && Array.isArray(inputs) && inputs.every(isInput)
}

function isInput(input: unknown): boolean {
  if (!Array.isArray(input) || input.length !== 2) return false
  const slot: unknown = input[0]
  return Number.isInteger(slot) && Number(slot) >= 0 && Number(slot) <= 255
}

function parseBody(body: string, number: number): object {
  // Checked before recursive code (schemas, worlds, canonical JSON) sees the value.
  if (findTooDeep(body, MAX_JSON_DEPTH) !== undefined) {
    throw corrupt(number, `is nested deeper than ${MAX_JSON_DEPTH} levels`)
  }
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    throw corrupt(number, 'is not JSON', error)
  }
  throw corrupt(number, 'is not a JSON object')
}

function parseHeader(value: object, number: number): JournalHeader {
  const version = 'version' in value ? value.version : undefined
  if (!READABLE_VERSIONS.includes(version)) {
    const known = READABLE_VERSIONS.join(' and ')
    throw new AppError('JOURNAL_VERSION', `the journal has version ${String(version)}; this release reads ${known}`)
  }
  return check(JournalHeader.safeParse(upgradeHeader(value)), number)
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: Parameters<typeof describeIssue>[0] }

function check<T>(parsed: Parsed<T>, number: number): T {
  if (parsed.success) return parsed.data
  throw corrupt(number, `has a bad ${describeIssue(parsed.error)}`)
}

/** The error for line `number` (from 1; 0 for readers that do not count lines). */
export function corrupt(number: number, what: string, cause?: unknown): AppError {
  const where = number > 0 ? `line ${number}` : 'a line'
  return new AppError('JOURNAL_CORRUPT', `${where} of the journal ${what}`, { details: { line: number }, cause })
}
