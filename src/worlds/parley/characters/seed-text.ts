// Characters as text, in the forms used by the simulation engine's seed folders: a JSON array, `{"documents": [...]}`,
// or one document per line. Works on text only; the caller reads and writes the files.
import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { formatPath, parseJson } from '../../../kernel/parse.ts'
import { Character } from '../../../protocol/character.ts'

/** Maximum length of the whole text, in UTF-16 units; the original's 44 characters take 370,000. */
export const SEED_TEXT_LIMIT = 32 * 1024 * 1024
/** Maximum number of characters in one text. */
export const SEED_DOCUMENT_LIMIT = 10_000
/** Maximum nesting of lists and objects in one document; the document itself is level 1. */
export const SEED_DEPTH_LIMIT = 32
/** Maximum number of faults reported per document. */
const FAULTS_EACH = 5

export interface CharacterFault {
  /** Index of the document, counted from 0. */
  readonly index: number
  /** Null if the document has no text there. */
  readonly hid: string | null
  /** Location in the document: `$.goals[2]`; `$` is the document. */
  readonly field: string
  readonly message: string
}

export interface ReadCharacters {
  /** Characters without faults, in the order of the text; all keys and their order are preserved. */
  readonly characters: readonly Character[]
  readonly faults: readonly CharacterFault[]
}

/**
 * Reads the characters of a seed file. One bad document does not affect the others: its faults are reported alongside
 * them. A repeated hid is a fault of the later document. Empty text has no characters.
 * @throws AppError JSON_MALFORMED for text that is not JSON from its first line on; VALIDATION_ERROR for JSON that is
 * not a
 * seed file, or that holds more than {@link SEED_DOCUMENT_LIMIT} documents; FILE_TOO_LARGE above {@link
 * SEED_TEXT_LIMIT}
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

/** The characters as one JSON array, which {@link parseCharacters} reads back without loss. Ends with a line feed. */
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

/** Narrows instead of parsing, so that the document stays unchanged: zod returns objects with reordered keys. */
const isCharacter = (document: unknown): document is Character => Character.safeParse(document).success

const WithHid = z.object({ hid: z.string() })
const hidOf = (document: unknown): string | null => WithHid.safeParse(document).data?.hid ?? null

const Wrapped = z.object({ documents: z.array(z.unknown()) })

/** A document as found: its value, or the reason why it has none. */
type Found = { readonly value: unknown } | { readonly broken: string }

/** A single line may be both JSON and one document per line; it then counts as a document unless it is a wrapper. */
function documentsOf(text: string): readonly Found[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const first = lines[0]
  if (first === undefined) return []
  if (lines.length > 1 && !first.trimStart().startsWith('[') && 'value' in readLine(first)) return lines.map(readLine)
  // Depth is checked per document, so that one bad document is one fault.
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

/** Iterates level by level, because recursion would itself overflow on deep input. */
function isDeeperThan(root: unknown, limit: number): boolean {
  let level: unknown[] = [root]
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? [value] : []))
    if (level.length === 0) return false
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return true
}
