// Source archives that players upload: which are accepted, and how they are unpacked. An archive is validated
// completely before it is stored, and again while it is unpacked.
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../kernel/errors.ts'
import { makeFolder } from '../../lib/folders.ts'
import { readTar, type TarEntry } from '../../lib/tar.ts'

/** Maximum size of an uploaded archive in bytes: source, not weights. */
export const MAX_ARCHIVE_BYTES = 16 * 1024 * 1024
/** Maximum bytes, files and levels of its content. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024
const MAX_FILES = 2000
const MAX_LEVELS = 32
/** Maximum length of a path in characters, and of one part of it in bytes: the limits of file systems. */
const MAX_PATH = 500
const MAX_PART = 255

export interface SourceContents {
  readonly files: number
  readonly bytes: number
  /** Paths in the archive, in order, without folders. */
  readonly paths: readonly string[]
}

const bad = (message: string): AppError => new AppError('UPLOAD_INVALID', `the archive ${message}`)

/** A path for a message: short, and without control characters. */
const shown = (path: string): string => JSON.stringify(path.slice(0, 100))

/**
 * Reads an archive, and writes its files to a folder if one is given.
 * @param source a tar archive, with or without gzip
 * @param folder empty or missing; undefined: nothing is written
 * @throws AppError UPLOAD_INVALID for absolute paths, `..`, links, devices, duplicate names, and exceeded limits
 */
export async function readSourceArchive(source: AsyncIterable<Uint8Array>, folder?: string): Promise<SourceContents> {
  const seen = new Map<string, 'file' | 'folder'>()
  const paths: string[] = []
  let bytes = 0
  for await (const entry of readTar(unpacked(source))) {
    const path = checkEntry(entry, seen)
    if (path === '' || entry.kind === 'folder') continue
    paths.push(path)
    if (paths.length > MAX_FILES) throw bad(`has more than ${MAX_FILES} files`)
    bytes += entry.size
    if (bytes > MAX_UNPACKED_BYTES) throw bad(`holds more than ${MAX_UNPACKED_BYTES} bytes`)
    if (folder !== undefined) await writeEntry(entry, join(folder, ...path.split('/')))
  }
  if (paths.length === 0) throw bad('has no files')
  return { files: paths.length, bytes, paths }
}

/** Decompresses gzip. The output bytes are counted, so that a bomb stops at the limit. */
async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) throw bad('is empty')
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole()
    return
  }
  const input = Readable.from(whole())
  const gunzip = createGunzip()
  input.on('error', (error) => gunzip.destroy(error))
  input.pipe(gunzip)
  let count = 0
  // Headers and padding are added to the size of the files.
  const most = MAX_UNPACKED_BYTES + MAX_FILES * 4096
  try {
    for await (const part of gunzip) {
      const chunk: unknown = part
      if (!(chunk instanceof Uint8Array)) continue
      count += chunk.length
      if (count > most) throw bad(`unpacks to more than ${MAX_UNPACKED_BYTES} bytes`)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('UPLOAD_INVALID', 'the archive is not valid gzip, or is cut off', { cause })
  } finally {
    input.destroy()
    gunzip.destroy()
  }
}

/** The normalized path of an entry; empty: the top folder itself. */
function checkEntry({ path, kind }: TarEntry, seen: Map<string, 'file' | 'folder'>): string {
  if (kind === 'link') throw bad(`has a link, ${shown(path)}: links are not accepted`)
  if (kind === 'other') throw bad(`has ${shown(path)}, which is neither a file nor a folder`)
  if (path.length > MAX_PATH) throw bad(`has a path that is longer than ${MAX_PATH} characters`)
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw bad(`has the absolute path ${shown(path)}`)
  if (/[\p{Cc}\\]/u.test(path)) throw bad(`has a path with control characters or backslashes, ${shown(path)}`)
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw bad(`has a path that leads out of it, ${shown(path)}`)
  if (parts.length > MAX_LEVELS) throw bad(`has folders more than ${MAX_LEVELS} levels deep`)
  if (parts.some((part) => Buffer.byteLength(part) > MAX_PART)) throw bad(`has a name that is too long, ${shown(path)}`)
  const clean = parts.join('/')
  for (let end = 1; end < parts.length; end++) {
    const above = parts.slice(0, end).join('/')
    if (seen.get(above) === 'file') throw bad(`has ${shown(above)} twice: a file, and a folder`)
    seen.set(above, 'folder')
  }
  const before = seen.get(clean)
  if (clean !== '' && before !== undefined && (kind === 'file' || before === 'file')) {
    throw bad(`has ${shown(clean)} twice`)
  }
  if (clean !== '') seen.set(clean, kind === 'folder' ? 'folder' : 'file')
  if (clean === '' && kind === 'file') throw bad('has a file without a name')
  return clean
}

async function writeEntry(entry: TarEntry, path: string): Promise<void> {
  await makeFolder(dirname(path))
  const mode = (entry.mode & 0o100) === 0 ? 0o600 : 0o700
  await using file = await open(path, 'wx', mode)
  for await (const part of entry.data()) await file.writeFile(part)
}
