// Archives of the log: compressed JSON Lines, a header followed by rows, oldest first. An archive appears complete
// under its name or not at all. Reading one back adds each row once, however often it is read.

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { writeFileWhole } from '../lib/files.ts'
import { type Line, readLines } from '../lib/json-lines.ts'
import { PRIVATE_FILE } from '../lib/private.ts'
import { isZstd, ZSTD_MAGIC_BYTES } from '../lib/zstd.ts'
import { ArchivedCommand, COMMAND_ARCHIVE_VERSION, CommandArchiveHeader } from '../protocol/command-log.ts'
import { formatArchived, parseArchived, type StoredRow } from './log-rows.ts'

/** Rows are so repetitive that a higher level gains little. */
const LEVEL = 1
/** A row has a perception and text of a few megabytes at most. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

/**
 * Writes an archive. When it resolves, the file is durable and has its final name.
 * @returns the number of rows
 * @throws AppError FILE_UNWRITABLE; FILE_EXISTS when the file already exists
 */
export async function writeArchive(
  path: string,
  header: Omit<CommandArchiveHeader, 'paracosm' | 'version'>,
  pages: AsyncIterable<readonly StoredRow[]>,
): Promise<number> {
  let count = 0
  async function* lines(): AsyncGenerator<string> {
    const first: CommandArchiveHeader = { paracosm: 'commands', version: COMMAND_ARCHIVE_VERSION, ...header }
    yield `${JSON.stringify(first)}\n`
    for await (const page of pages) {
      count += page.length
      yield page.map((row) => `${formatArchived(row)}\n`).join('')
    }
  }
  const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  await pipeline(lines, zstd, (packed) => writeFileWhole(path, packed, { mode: PRIVATE_FILE, replace: false }))
  return count
}

export interface OpenArchive {
  readonly header: CommandArchiveHeader
  /** Rows in the order of the file, each validated. */
  rows(): AsyncGenerator<ArchivedCommand>
  close(): void
}

/**
 * Opens an archive, compressed or not.
 * @throws AppError FILE_UNREADABLE, JSON_MALFORMED or VALIDATION_ERROR with the number of the line
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const input = await openText(path)
  const lines = linesOf(input, path)
  const first = await lines.next()
  if (first.done) throw new AppError('VALIDATION_ERROR', `${path} is empty`)
  const what = { code: 'VALIDATION_ERROR', what: `Line 1 of ${path}` } as const
  const header = parseWith(CommandArchiveHeader, parseArchived(first.value.text, first.value.number), what)
  return {
    header,
    async *rows() {
      for await (const { text, number } of lines) {
        const at = { code: 'VALIDATION_ERROR', what: `Line ${number} of ${path}` } as const
        yield parseWith(ArchivedCommand, parseArchived(text, number), at)
      }
    },
    close: () => void input.destroy(),
  }
}

/** The non-empty lines of a file, compressed or not. @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE */
export async function* readLogLines(path: string): AsyncGenerator<Line, void, undefined> {
  const input = await openText(path)
  try {
    yield* linesOf(input, path)
  } finally {
    input.destroy()
  }
}

/** The first line of a file, compressed or not, which identifies the file. */
export async function readFirstLine(path: string): Promise<string> {
  const input = await openText(path)
  try {
    const first = await linesOf(input, path).next()
    return first.done ? '' : first.value.text
  } finally {
    input.destroy()
  }
}

async function openText(path: string): Promise<Readable> {
  try {
    const file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ZSTD_MAGIC_BYTES), 0, ZSTD_MAGIC_BYTES, 0)
    await file.close()
    const isCompressed = isZstd(buffer.subarray(0, bytesRead))
    const out = new PassThrough()
    const parts = [createReadStream(path), ...(isCompressed ? [createZstdDecompress()] : []), out]
    // A failure destroys the output, so its reader receives the error.
    pipeline(parts).catch((error: unknown) => void out.destroy(error instanceof Error ? error : undefined))
    return out
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  }
}

/** The non-empty lines. */
async function* linesOf(input: Readable, path: string): AsyncGenerator<Line, void, undefined> {
  try {
    for await (const line of readLines(input, { maxLineBytes: MAX_LINE_BYTES, what: path })) {
      if (line.text.trim() !== '') yield line
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read to its end: ${reason}`, { cause })
  }
}
