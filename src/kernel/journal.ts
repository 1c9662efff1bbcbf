// The journal's codec: one JSON object a line, each carrying a running hash over itself and all lines before it.
//
// chain(n) = SHA-256(chain(n-1) ‖ body(n)), chain(-1) = 32 zero bytes, where body is the line's text without its hash.
// Most lines print the first 16 hex digits of their chain value; the header, lines with a saved state and the outcome
// print all 64, so that a reader can begin there and an outcome vouches for the whole.
import {
  CheckpointLine,
  JOURNAL_VERSION,
  JournalHeader,
  type JournalLine,
  OutcomeLine,
  StepLine,
} from '../protocol/journal.ts'
import { AppError } from './errors.ts'
import { formatPath } from './parse.ts'
import { hexOfWord, Sha256 } from './sha256.ts'

const SHORT = 16
const FULL = 64
const encoder = new TextEncoder()

/** The running hash. */
export class Chain {
  readonly #hasher = new Sha256()
  readonly #words = new Int32Array(8)
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)

  /** @param hex a full hash to go on from: 64 digits */
  static from(hex: string): Chain {
    const chain = new Chain()
    for (let i = 0; i < 8; i++) chain.#words[i] = Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16) | 0
    return chain
  }

  #add(body: string): void {
    const room = 32 + body.length * 3 + 72
    if (this.#bytes.length < room) {
      this.#bytes = new Uint8Array(room * 2)
      this.#view = new DataView(this.#bytes.buffer)
    }
    for (let i = 0; i < 8; i++) this.#view.setInt32(i * 4, this.#words[i] ?? 0)
    const { written } = encoder.encodeInto(body, this.#bytes.subarray(32))
    this.#words.set(this.#hasher.hash(this.#view, 32 + written))
  }

  /** The current hash, 64 hex digits. */
  get hex(): string {
    let text = ''
    for (const word of this.#words) text += hexOfWord(word)
    return text
  }

  get #short(): string {
    return hexOfWord(this.#words[0] ?? 0) + hexOfWord(this.#words[1] ?? 0)
  }

  /** Adds a line. `body` is JSON text of a non-empty object; returns the text to store, without a line end. */
  seal(body: string, isFull: boolean): string {
    this.#add(body)
    return `${body.slice(0, -1)},"hash":"${isFull ? this.hex : this.#short}"}`
  }

  /** Takes a stored line apart; undefined when its hash is missing or does not follow from the lines before. */
  open(text: string): { body: string; hash: string } | undefined {
    const split = splitHash(text)
    if (!split) return undefined
    this.#add(split.body)
    return split.hash === (split.hash.length === FULL ? this.hex : this.#short) ? split : undefined
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
  if ('paracosm' in value) return { kind: 'header', header: parseHeader(value, number) }
  if ('outcome' in value) return { kind: 'outcome', line: check(OutcomeLine.safeParse(value), number) }
  if ('digest' in value) return { kind: 'checkpoint', line: check(CheckpointLine.safeParse(value), number) }
  return { kind: 'step', line: check(StepLine.safeParse(value), number) }
}

function parseBody(body: string, number: number): object {
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
  if (version !== JOURNAL_VERSION) {
    throw new AppError(
      'JOURNAL_VERSION',
      `the journal has version ${String(version)}; this release reads ${JOURNAL_VERSION}`,
    )
  }
  return check(JournalHeader.safeParse(value), number)
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false
      readonly error: { readonly issues: readonly { path: readonly PropertyKey[]; message: string }[] }
    }

function check<T>(parsed: Parsed<T>, number: number): T {
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw corrupt(number, `has a bad ${formatPath(issue?.path ?? [])}: ${issue?.message ?? 'invalid'}`)
}

/** The error for line `number` (from 1; 0 for readers that do not count lines). */
export function corrupt(number: number, what: string, cause?: unknown): AppError {
  const where = number > 0 ? `line ${number}` : 'a line'
  return new AppError('JOURNAL_CORRUPT', `${where} of the journal ${what}`, { details: { line: number }, cause })
}
