// Characters as text, in the forms that the simulation engine's seed folders hold: a JSON array, `{"documents": [...]}`,
// or one document a line. Works on text; who reads and writes the files is no concern of this one.
import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { formatPath, parseJson } from '../../../kernel/parse.ts'
import { Character } from '../../../protocol/character.ts'

/** The whole text, in UTF-16 units; the original's 44 characters are 370,000. */
export const SEED_TEXT_LIMIT = 32 * 1024 * 1024
/** Characters in one text. */
export const SEED_DOCUMENT_LIMIT = 10_000
/** Levels of lists and objects in one document; the document itself is the first. */
export const SEED_DEPTH_LIMIT = 32
/** Faults that are told, of one document. */
const FAULTS_EACH = 5

export interface CharacterFault {
  /** Which document, counted from 0. */
  readonly index: number
  /** Null where the document has no text there. */
  readonly hid: string | null
  /** Where in the document: `$.goals[2]`; `$` is the document. */
  readonly field: string
  readonly message: string
}

export interface ReadCharacters {
  /** Those without fault, in the order of the text, with every key and the order of their keys as they were. */
  readonly characters: readonly Character[]
  readonly faults: readonly CharacterFault[]
}

/**
 * Reads the characters of a seed file. One bad document does not spoil the others: its faults are told beside them. A
 * hid that comes again is a fault of the later document. Empty text has no characters.
 * @throws AppError JSON_MALFORMED for text that is not JSON from its first line on; VALIDATION_ERROR for JSON that is no
 *   seed file, or holds more than {@link SEED_DOCUMENT_LIMIT} documents; FILE_TOO_LARGE above {@link SEED_TEXT_LIMIT}
 */
export function parseCharacters(text: string): ReadCharacters {
  if (text.length > SEED_TEXT_LIMIT) {
    const found = `A seed file has at most ${SEED_TEXT_LIMIT} characters of text; here are ${text.length}.`
    throw new AppError('FILE_TOO_LARGE', found)
  }
  const documents = documentsOf(text.startsWith('\u{feff}') ? text.slice(1) : text)
  if (documents.length > SEED_DOCUMENT_LIMIT) {
    const found = `A seed file holds at most ${SEED_DOCUMENT_LIMIT} documents; here are ${documents.length}.`
    throw new AppError('VALIDATION_ERROR', found)
  }
  const characters: Character[] = []
  const faults: CharacterFault[] = []
  const seen = new Map<string, number>()
  for (const [index, found] of documents.entries()) {
    const hid = 'value' in found ? hidOf(found.value) : null
    const earlier = hid === null ? undefined : seen.get(hid)
    const read = readDocument(found)
    const here = [...read.faults]
    if (earlier !== undefined) here.push({ field: '$.hid', message: `is the hid of document ${earlier} already` })
    else if (hid !== null) seen.set(hid, index)
    if (here.length === 0 && read.character) characters.push(read.character)
    faults.push(...here.slice(0, FAULTS_EACH).map((fault) => ({ index, hid, ...fault })))
  }
  return { characters, faults }
}

/** The characters as one JSON array, which {@link parseCharacters} reads again without loss. Ends in a line feed. */
export function formatCharacters(characters: readonly Character[]): string {
  return `${JSON.stringify(characters, null, 2)}\n`
}

type Fault = Pick<CharacterFault, 'field' | 'message'>

function readDocument(found: Found): { readonly character?: Character; readonly faults: readonly Fault[] } {
  if ('broken' in found) return { faults: [{ field: '$', message: found.broken }] }
  if (isDeeperThan(found.value, SEED_DEPTH_LIMIT)) {
    return { faults: [{ field: '$', message: `must not nest deeper than ${SEED_DEPTH_LIMIT} levels` }] }
  }
  if (isCharacter(found.value)) return { character: found.value, faults: [] }
  const issues = Character.safeParse(found.value).error?.issues ?? []
  return { faults: issues.map(({ path, message }) => ({ field: formatPath(path), message })) }
}

/** Narrows instead of parsing, so that the document stays as it is: what zod returns has its keys in another order. */
const isCharacter = (document: unknown): document is Character => Character.safeParse(document).success

const WithHid = z.object({ hid: z.string() })
const hidOf = (document: unknown): string | null => WithHid.safeParse(document).data?.hid ?? null

const Wrapped = z.object({ documents: z.array(z.unknown()) })

/** A document as it was found: its value, or why there is none. */
type Found = { readonly value: unknown } | { readonly broken: string }

/** One line by itself may be JSON and one document a line at once: then it is a document if it is no wrapper. */
function documentsOf(text: string): readonly Found[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const first = lines[0]
  if (first === undefined) return []
  if (lines.length > 1 && !first.trimStart().startsWith('[') && 'value' in readLine(first)) return lines.map(readLine)
  // Depth is judged for each document, so that one bad document is one fault.
  const whole = parseJson(text, 'the seed file', { maxDepth: Number.POSITIVE_INFINITY })
  if (Array.isArray(whole)) return whole.map((value) => ({ value }))
  const wrapped = Wrapped.safeParse(whole)
  if (wrapped.success) return wrapped.data.documents.map((value) => ({ value }))
  if (lines.length === 1 && hidOf(whole) !== null) return [{ value: whole }]
  const forms = 'a list of documents, {"documents": [...]}, or one document a line'
  throw new AppError('VALIDATION_ERROR', `A seed file is ${forms}; here is something else.`)
}

function readLine(line: string): Found {
  try {
    return { value: JSON.parse(line) }
  } catch (error) {
    return { broken: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Level by level, since a recursion would itself fall to what it looks for. */
function isDeeperThan(root: unknown, limit: number): boolean {
  let level: unknown[] = [root]
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? [value] : []))
    if (level.length === 0) return false
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return true
}
