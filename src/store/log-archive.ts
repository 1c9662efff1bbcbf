// Archives of the log: compressed JSON Lines, a header and then rows, oldest first. One appears whole under its name or
// not at all; reading one back adds each row once, however often it is read.
import { createReadStream, createWriteStream } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { ArchivedCommand, COMMAND_ARCHIVE_VERSION, CommandArchiveHeader } from '../protocol/command-log.ts'
import { formatArchived, parseArchived, type StoredRow } from './log-rows.ts'
import { syncFolder } from './sqlite-file.ts'

/** Rows repeat so much that more effort gains little. */
const LEVEL = 1
/** Characters that a line of an archive may have. */
const MAX_LINE = 16 * 1024 * 1024

/**
 * Writes an archive. When it resolves the file is durable and has its name.
 * @returns how many rows it holds
 * @throws AppError FILE_UNWRITABLE, also when there is such a file already
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
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
    // `flush`: the file is synced before it is closed.
    await pipeline(lines, zstd, createWriteStream(temporary, { flags: 'wx', flush: true }))
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(temporary, path)
    await syncFolder(path)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('FILE_UNWRITABLE', `cannot write the archive ${path}: ${reasonOf(cause)}`, { cause })
  } finally {
    await rm(temporary, { force: true })
  }
  return count
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

export interface OpenArchive {
  readonly header: CommandArchiveHeader
  /** Rows in the order of the file, each checked. */
  rows(): AsyncGenerator<ArchivedCommand>
  close(): void
}

/**
 * Opens an archive, compressed or not.
 * @throws AppError FILE_UNREADABLE, JSON_MALFORMED or VALIDATION_ERROR with the number of the line
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const input = await openText(path)
  const lines = readLines(input, path)
  const first = await lines.next()
  if (first.done) throw new AppError('VALIDATION_ERROR', `${path} is empty`)
  const what = { code: 'VALIDATION_ERROR', what: `Line 1 of ${path}` } as const
  const header = parseWith(CommandArchiveHeader, parseArchived(first.value, 1), what)
  return {
    header,
    async *rows() {
      let number = 1
      for await (const line of lines) {
        number++
        const at = { code: 'VALIDATION_ERROR', what: `Line ${number} of ${path}` } as const
        yield parseWith(ArchivedCommand, parseArchived(line, number), at)
      }
    },
    close: () => void input.destroy(),
  }
}

/** The first line of a file, compressed or not: it says what the file is. */
export async function readFirstLine(path: string): Promise<string> {
  const input = await openText(path)
  try {
    const first = await readLines(input, path).next()
    return first.done ? '' : first.value
  } finally {
    input.destroy()
  }
}

const ZSTD_MAGIC = 0xfd2fb528

async function openText(path: string): Promise<Readable> {
  try {
    const file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    await file.close()
    const isCompressed = bytesRead === 4 && buffer.readUInt32LE(0) === ZSTD_MAGIC
    const out = new PassThrough()
    const parts = [createReadStream(path), ...(isCompressed ? [createZstdDecompress()] : []), out]
    // A failure ends the output, and whoever reads it hears of it.
    pipeline(parts).catch((error: unknown) => void out.destroy(error instanceof Error ? error : undefined))
    return out
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  }
}

async function* readLines(input: Readable, path: string): AsyncGenerator<string> {
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  failed.catch(() => undefined)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), failed])
      if (next.done) break
      if (next.value.length > MAX_LINE) throw new AppError('FILE_TOO_LARGE', `a line of ${path} is longer than 16 MiB`)
      if (next.value !== '') yield next.value
    }
    if (input.errored) throw input.errored
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read to its end: ${reasonOf(cause)}`, { cause })
  }
}
