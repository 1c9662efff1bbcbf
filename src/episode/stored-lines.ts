// Lines in a source of bytes, found from either side and read in batches. No line is longer than MAX_LINE_BYTES, so a
// hostile file cannot make a reader load it whole.
import { AppError } from '../kernel/errors.ts'
import { corrupt } from '../kernel/journal.ts'
import type { ByteSource } from './byte-source.ts'

export const CHUNK = 64 * 1024
const NEWLINE = 10
/** Bytes that are read first to find the last line, which is usually short. */
const TAIL_BYTES = 4096
/** The longest line holds a saved state; the largest worlds save a few megabytes. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024

/** A stored line and its offset. */
export interface Located {
  readonly text: string
  readonly offset: number
  /** Where the next line begins. */
  readonly next: number
}

/** Bytes from `offset`, at least one. @throws AppError FILE_UNREADABLE when the file shrank in the meantime */
async function readSome(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  const bytes = await source.read(offset, length)
  if (bytes.length > 0) return bytes
  throw new AppError('FILE_UNREADABLE', 'the journal shrank while it was being read')
}

const checkLength = (bytes: number): void => {
  if (bytes > MAX_LINE_BYTES) throw corrupt(0, `is longer than ${MAX_LINE_BYTES} bytes`)
}

/**
 * The lines from an offset on, in batches; a torn last line is skipped.
 * @throws AppError JOURNAL_CORRUPT for a line that is too long
 */
export async function* readLines(source: ByteSource, offset: number): AsyncGenerator<readonly string[]> {
  let parts: Buffer[] = []
  let gathered = 0
  for (let at = offset; at < source.size; ) {
    const bytes = await readSome(source, at, CHUNK)
    at += bytes.length
    const end = bytes.lastIndexOf(NEWLINE)
    const first = bytes.indexOf(NEWLINE)
    checkLength(gathered + (first < 0 ? bytes.length : first))
    if (end < 0) {
      parts.push(bytes)
      gathered += bytes.length
      continue
    }
    const whole = parts.length === 0 ? bytes.subarray(0, end) : Buffer.concat([...parts, bytes.subarray(0, end)])
    gathered = bytes.length - end - 1
    parts = gathered > 0 ? [Buffer.from(bytes.subarray(end + 1))] : []
    yield whole.toString('utf8').split('\n')
  }
}

/** Where the line that holds the byte before `offset` begins. @throws AppError JOURNAL_CORRUPT when it is too long */
export async function lineStart(source: ByteSource, offset: number): Promise<number> {
  for (let end = offset; end > 0; ) {
    const from = Math.max(0, end - CHUNK)
    const bytes = await source.read(from, end - from)
    const found = bytes.lastIndexOf(NEWLINE)
    if (found >= 0) return from + found + 1
    checkLength(offset - from)
    end = from
  }
  return 0
}

/** The line that begins at `offset`; undefined at the end or when it is torn. @throws AppError JOURNAL_CORRUPT */
export async function lineAt(source: ByteSource, offset: number): Promise<Located | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for (let at = offset; at < source.size; ) {
    const bytes = await readSome(source, at, size === 0 ? 4096 : CHUNK * 4)
    const end = bytes.indexOf(NEWLINE)
    if (end >= 0) {
      parts.push(bytes.subarray(0, end))
      return { text: Buffer.concat(parts).toString('utf8'), offset, next: at + end + 1 }
    }
    parts.push(bytes)
    size += bytes.length
    at += bytes.length
    checkLength(size)
  }
  return undefined
}

/** The last complete line, and whether a torn line follows it. */
export async function lastLine(source: ByteSource): Promise<{ line: Located | undefined; isTorn: boolean }> {
  const from = Math.max(0, source.size - TAIL_BYTES)
  const tail = await source.read(from, source.size - from)
  const isTorn = tail.at(-1) !== NEWLINE
  const end = tail.lastIndexOf(NEWLINE)
  const before = end > 0 ? tail.lastIndexOf(NEWLINE, end - 1) : -1
  if (before >= 0) {
    const text = tail.toString('utf8', before + 1, end)
    return { line: { text, offset: from + before + 1, next: from + end + 1 }, isTorn }
  }
  // The line is longer than what was read.
  const whole = isTorn ? await lineStart(source, source.size) : source.size
  return { line: await lineAt(source, await lineStart(source, Math.max(0, whole - 1))), isTorn }
}
