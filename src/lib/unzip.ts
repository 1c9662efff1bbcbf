// Reads zip archives from a file: stored and deflated entries, by the directory at the end.
import { type FileHandle, open } from 'node:fs/promises'
import { crc32, inflateRawSync } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'

export interface ZipEntry {
  readonly name: string
  readonly isFolder: boolean
  /** Whether it is a link, or another kind of file that is neither file nor folder. */
  readonly isOther: boolean
  /** Bytes, unpacked. */
  readonly size: number
  /** @throws AppError VALIDATION_ERROR when the bytes are not those that were packed */
  read(): Promise<Uint8Array>
}

const END = 0x0605_4b50
const ENTRY = 0x0201_4b50
const LOCAL = 0x0403_4b50
/** The end record and its longest comment. */
const TAIL = 22 + 0xffff
/** Bytes of a directory that is read. */
const MAX_DIRECTORY = 16 * 1024 * 1024
const FILE_TYPE = 0o170_000
const REGULAR = 0o100_000
const FOLDER = 0o040_000

const malformed = (why: string): AppError =>
  new AppError('VALIDATION_ERROR', `the archive is not a zip archive: ${why}`)

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  if (bytesRead !== length) throw malformed('it ends in the middle')
  return bytes
}

/** The entries of an archive; the file stays open until `work` has ended. */
export async function withZip<T>(path: string, work: (entries: readonly ZipEntry[]) => Promise<T>): Promise<T> {
  const file = await open(path, 'r')
  try {
    return await work(await readDirectory(file))
  } finally {
    await file.close()
  }
}

async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat()
  const tail = await readAt(file, Math.max(0, size - TAIL), Math.min(size, TAIL))
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) throw malformed('it has no directory')
  const count = tail.readUInt16LE(end + 10)
  const length = tail.readUInt32LE(end + 12)
  if (length > MAX_DIRECTORY) throw malformed('its directory is too long')
  const directory = await readAt(file, tail.readUInt32LE(end + 16), length)
  const entries: ZipEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY) throw malformed('its directory is damaged')
    entries.push(entryOf(file, directory.subarray(at)))
    at += 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

function entryOf(file: FileHandle, head: Buffer): ZipEntry {
  const method = head.readUInt16LE(10)
  const crc = head.readUInt32LE(16)
  const packed = head.readUInt32LE(20)
  const size = head.readUInt32LE(24)
  const name = head.toString('utf8', 46, 46 + head.readUInt16LE(28))
  const type = (head.readUInt32LE(38) >>> 16) & FILE_TYPE
  const offset = head.readUInt32LE(42)
  return {
    name,
    size,
    isFolder: name.endsWith('/'),
    isOther: type !== 0 && type !== REGULAR && type !== FOLDER,
    async read() {
      const local = await readAt(file, offset, 30)
      if (local.readUInt32LE(0) !== LOCAL) throw malformed(`${name} is damaged`)
      const from = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
      const bytes = unpack(await readAt(file, from, packed), { method, size, name })
      if (bytes.length !== size || crc32(bytes) !== crc) throw malformed(`${name} is damaged`)
      return bytes
    },
  }
}

function unpack(
  packed: Buffer,
  { method, size, name }: { readonly method: number; readonly size: number; readonly name: string },
): Buffer {
  if (method === 0) return packed
  if (method !== 8) throw malformed(`${name} is packed in an unknown way`)
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  } catch (cause) {
    throw new AppError('VALIDATION_ERROR', `${name} in the archive is damaged`, { cause })
  }
}
