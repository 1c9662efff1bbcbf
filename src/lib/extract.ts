// Extracts an archive into a folder: regular files and folders inside of it, up to a limit of bytes and files.
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { createGunzip } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from './folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from './private.ts'
import { readTar } from './tar.ts'
import { withZip } from './unzip.ts'

export interface ExtractLimits {
  /** Bytes of all files, unpacked. */
  readonly bytes: number
  readonly files: number
}

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

const KINDS: readonly (readonly [suffix: string, kind: ArchiveKind])[] = [
  ['.zip', 'zip'],
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
  ['.tar', 'tar'],
]

/** What a file is by its name; undefined: no archive. */
export const archiveKind = (name: string): ArchiveKind | undefined =>
  KINDS.find(([suffix]) => name.toLowerCase().endsWith(suffix))?.[1]

/** Where an entry goes. @throws AppError VALIDATION_ERROR for a name that is empty or leads out of the folder */
function targetOf(folder: string, name: string): string {
  const plain = normalize(name.replaceAll('\\', '/'))
  const leadsOut = isAbsolute(plain) || plain === '..' || plain.startsWith(`..${sep}`) || /^[A-Za-z]:/.test(plain)
  if (name.trim() === '' || plain.includes('\0') || leadsOut) {
    throw new AppError(
      'VALIDATION_ERROR',
      `the archive has an entry with the name ${JSON.stringify(name.slice(0, 100))}`,
    )
  }
  return join(folder, plain)
}

class Writer {
  readonly #folder: string
  readonly #limits: ExtractLimits
  #bytes = 0
  #files = 0
  #open: FileHandle | undefined

  constructor(folder: string, limits: ExtractLimits) {
    this.#folder = folder
    this.#limits = limits
  }

  async begin({
    name,
    kind,
    size,
  }: {
    readonly name: string
    readonly kind: 'file' | 'folder' | 'other'
    readonly size: number
  }): Promise<void> {
    const target = targetOf(this.#folder, name)
    if (kind === 'other') throw new AppError('VALIDATION_ERROR', `${name} in the archive is neither file nor folder`)
    if (kind === 'folder') return void (await makeFolder(target, { mode: PRIVATE_FOLDER }))
    this.#bytes += size
    if (++this.#files > this.#limits.files || this.#bytes > this.#limits.bytes) {
      throw new AppError(
        'FILE_TOO_LARGE',
        `the archive holds more than ${this.#limits.files} files or ${this.#limits.bytes} bytes`,
      )
    }
    await makeFolder(dirname(target), { mode: PRIVATE_FOLDER })
    this.#open = await open(target, 'w', PRIVATE_FILE)
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#open?.write(bytes)
  }

  async end(): Promise<void> {
    const file = this.#open
    this.#open = undefined
    await file?.close()
  }
}

/**
 * @param archive the file
 * @param folder that exists and is empty
 * @throws AppError VALIDATION_ERROR, FILE_TOO_LARGE; the folder may hold a part of the archive then
 */
export async function extractArchive(
  archive: { readonly path: string; readonly kind: ArchiveKind },
  folder: string,
  limits: ExtractLimits,
): Promise<void> {
  const writer = new Writer(folder, limits)
  try {
    if (archive.kind === 'zip') await extractZip(archive.path, writer)
    else await extractTar(bytesOf(archive.path, archive.kind), writer)
  } finally {
    await writer.end()
  }
}

async function extractTar(bytes: AsyncIterable<Uint8Array>, writer: Writer): Promise<void> {
  for await (const { path, kind, size, data } of readTar(bytes)) {
    await writer.begin({ name: path, size, kind: kind === 'link' ? 'other' : kind })
    if (kind === 'file') for await (const part of data()) await writer.write(part)
    await writer.end()
  }
}

async function extractZip(path: string, writer: Writer): Promise<void> {
  await withZip(path, async (entries) => {
    for (const { name, size, isFolder, isOther, read } of entries) {
      await writer.begin({ name, size, kind: isOther ? 'other' : isFolder ? 'folder' : 'file' })
      if (!isFolder) await writer.write(await read())
      await writer.end()
    }
  })
}

async function* bytesOf(path: string, kind: 'tar' | 'tar.gz'): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path)
  try {
    if (kind === 'tar') yield* file
    else yield* gunzipped(file)
  } finally {
    file.destroy()
  }
}

async function* gunzipped(file: ReturnType<typeof createReadStream>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  file.once('error', (error) => gunzip.destroy(error))
  try {
    for await (const bytes of file.pipe(gunzip)) yield Buffer.from(bytes)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')) {
      throw new AppError('VALIDATION_ERROR', 'the archive is not gzip, or damaged', { cause })
    }
    throw cause
  } finally {
    gunzip.destroy()
  }
}
