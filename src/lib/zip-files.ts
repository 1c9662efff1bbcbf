// A zip of files on disk, written to another file piece by piece: no file is in memory as a whole, and a server that makes one
// goes on answering. zip.ts does the same for contents in memory.
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'

interface ZipEntry {
  /** Its path in the zip, with `/`. */
  readonly name: string
  /** Where it lies. */
  readonly path: string
}

interface Written {
  readonly name: Buffer
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

const LOCAL = 0x04034b50
const DESCRIPTOR = 0x08074b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** 2.0: deflate. */
const VERSION = 20
/** Sizes follow the content, and names are UTF-8. */
const FLAGS = 0x0808
const DEFLATE = 8
/** 1 January 1980: the same files make the same zip. */
const DATE = 0x21
/** What 32 bits can say. */
const MAX_BYTES = 0xffff_ffff
const MAX_ENTRIES = 0xffff

/**
 * Writes a zip; whatever was at `path` is replaced.
 * @throws AppError FILE_TOO_LARGE beyond 4 GiB or 65,535 files
 */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  if (entries.length > MAX_ENTRIES) throw tooLarge()
  const file = await open(path, 'w', 0o600)
  try {
    let offset = 0
    const written: Written[] = []
    for (const entry of entries) {
      const name = Buffer.from(entry.name)
      const head = fields([4, LOCAL], [2, VERSION], [2, FLAGS], [2, DEFLATE], [2, 0], [2, DATE], [4, 0], [4, 0], [4, 0])
      await file.write(Buffer.concat([head, fields([2, name.length], [2, 0]), name]))
      const packed = await writePacked(file, entry.path)
      if (packed.size > MAX_BYTES || offset + packed.packed > MAX_BYTES) throw tooLarge()
      await file.write(fields([4, DESCRIPTOR], [4, packed.crc], [4, packed.packed], [4, packed.size]))
      written.push({ name, offset, ...packed })
      offset += head.length + 4 + name.length + packed.packed + 16
    }
    const directory = Buffer.concat(written.map(centralOf))
    const end = fields([4, END], [2, 0], [2, 0], [2, written.length], [2, written.length], [4, directory.length])
    await file.write(Buffer.concat([directory, end, fields([4, offset], [2, 0])]))
  } finally {
    await file.close()
  }
}

async function writePacked(file: FileHandle, path: string): Promise<Pick<Written, 'crc' | 'packed' | 'size'>> {
  let crc = 0
  let size = 0
  let packed = 0
  const source = createReadStream(path)
  const deflate = createDeflateRaw()
  source.on('data', (chunk) => {
    const bytes = Buffer.from(chunk)
    crc = crc32(bytes, crc)
    size += bytes.length
  })
  source.on('error', (error) => deflate.destroy(error))
  source.pipe(deflate)
  try {
    for await (const chunk of deflate) {
      const bytes: Buffer = Buffer.from(chunk)
      packed += bytes.length
      await file.write(bytes)
    }
  } finally {
    source.destroy()
  }
  return { crc, packed, size }
}

function centralOf({ name, crc, packed, size, offset }: Written): Buffer {
  const head = fields([4, CENTRAL], [2, VERSION], [2, VERSION], [2, FLAGS], [2, DEFLATE], [2, 0], [2, DATE])
  const sizes = fields([4, crc], [4, packed], [4, size], [2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0])
  return Buffer.concat([head, sizes, fields([4, offset]), name])
}

/** Little-endian numbers of 2 or 4 bytes. */
function fields(...values: readonly (readonly [2 | 4, number])[]): Buffer {
  const bytes = Buffer.alloc(values.reduce((sum, [size]) => sum + size, 0))
  let at = 0
  for (const [size, value] of values) at = bytes.writeUIntLE(value, at, size)
  return bytes
}

const tooLarge = (): AppError =>
  new AppError('FILE_TOO_LARGE', 'the files are too many or too large for one zip', {
    hint: 'Use `paracosm experiment export`, which writes a folder.',
  })
