// Reads files (or standard input) of a bounded size. A file that is too large is refused before it is read.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { AppError } from '../../kernel/errors.ts'
import { parseJson } from '../../kernel/parse.ts'
import type { JsonValue } from '../../protocol/json.ts'

const MEBIBYTE = 1_048_576
/** Bytes of a command file. */
export const COMMAND_FILE_LIMIT = 64 * MEBIBYTE
/** Bytes of a save file. */
export const SAVE_FILE_LIMIT = 512 * MEBIBYTE

/** Levels of arrays and objects inside each other. */
const DEPTH_LIMIT = 200

export interface InputKind {
  /** Name in messages: 'The command file'. */
  readonly what: string
  /** Bytes. */
  readonly limit: number
}

/**
 * JSON from a file; `-` is standard input.
 * @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, JSON_MALFORMED, VALIDATION_ERROR for JSON that is nested too deeply
 */
export function readJsonInput(path: string, kind: InputKind): JsonValue {
  const text = path === '-' ? readStandardInput(kind) : readBounded(path, kind)
  return parseJson(text.startsWith('\uFEFF') ? text.slice(1) : text, kind.what, { maxDepth: DEPTH_LIMIT })
}

function tooLarge(path: string, { what, limit }: InputKind): AppError {
  return new AppError('FILE_TOO_LARGE', `${what} ${path} is larger than ${limit / MEBIBYTE} MiB`)
}

function unreadable(path: string, { what }: InputKind, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('FILE_UNREADABLE', `${what} ${path} cannot be read: ${reason}`, { cause })
}

function readBounded(path: string, kind: InputKind): string {
  const file = openInput(path, kind)
  try {
    const { size } = fstatSync(file)
    if (size > kind.limit) throw tooLarge(path, kind)
    return size > 0 ? readFileSync(file, 'utf8') : readStream(file, kind, path)
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(path, kind, error)
  } finally {
    closeSync(file)
  }
}

function openInput(path: string, kind: InputKind): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw unreadable(path, kind, error)
  }
}

function readStandardInput(kind: InputKind): string {
  try {
    return readStream(0, kind, 'from standard input')
  } catch (error) {
    throw error instanceof AppError ? error : unreadable('from standard input', kind, error)
  }
}

/** Reads a source of unknown size (a pipe), up to the limit. */
function readStream(file: number, kind: InputKind, name: string): string {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536)
    const count = readChunk(file, chunk)
    if (count === 0) return Buffer.concat(chunks).toString('utf8')
    total += count
    if (total > kind.limit) throw tooLarge(name, kind)
    chunks.push(chunk.subarray(0, count))
  }
}

function readChunk(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk, 0, chunk.length, null)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // A terminal or a slow pipe may have nothing yet; the end of a closed one may be reported as an error.
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}
