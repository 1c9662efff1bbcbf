// Zip archives, written entry by entry: deflate, no encryption, no zip64.
import { constants, crc32, deflateRawSync } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'

export interface ArchiveEntry {
  /** With slashes, relative. */
  readonly name: string
  readonly content: Uint8Array
}

/** Bytes of an archive and of an entry; zip64 would begin here. */
const MAX_BYTES = 0xffff_ffff
const MAX_ENTRIES = 0xffff
const VERSION = 20
const UTF8_NAMES = 0x0800
const DEFLATE = 8
/** 1980-01-01: archives of the same content are the same bytes. */
const DOS_DATE = 0x0021
const REGULAR_FILE = 0o100_600 * 0x1_0000

interface Head {
  readonly entry: Buffer
  readonly name: Buffer
}

function headOf({ name, content }: ArchiveEntry, packed: Uint8Array): Head {
  const nameBytes = Buffer.from(name, 'utf8')
  const entry = Buffer.alloc(26)
  entry.writeUInt16LE(VERSION, 0)
  entry.writeUInt16LE(UTF8_NAMES, 2)
  entry.writeUInt16LE(DEFLATE, 4)
  entry.writeUInt16LE(0, 6)
  entry.writeUInt16LE(DOS_DATE, 8)
  entry.writeUInt32LE(crc32(content), 10)
  entry.writeUInt32LE(packed.length, 14)
  entry.writeUInt32LE(content.length, 18)
  entry.writeUInt16LE(nameBytes.length, 22)
  return { entry, name: nameBytes }
}

function directoryOf({ entry, name }: Head, offset: number): Buffer {
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x0201_4b50, 0)
  head.writeUInt16LE(0x0300 | VERSION, 4)
  entry.copy(head, 6)
  head.writeUInt32LE(REGULAR_FILE, 38)
  head.writeUInt32LE(offset, 42)
  return Buffer.concat([head, name])
}

/**
 * The bytes of an archive, as they come.
 * @throws AppError FILE_TOO_LARGE from 4 GiB on
 */
export async function* zipStream(
  entries: AsyncIterable<ArchiveEntry> | Iterable<ArchiveEntry>,
): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = []
  let offset = 0
  for await (const entry of entries) {
    const packed = deflateRawSync(entry.content, { level: constants.Z_DEFAULT_COMPRESSION })
    const head = headOf(entry, packed)
    const size = 30 + head.name.length + packed.length
    if (offset + size > MAX_BYTES || directory.length >= MAX_ENTRIES) {
      throw new AppError('FILE_TOO_LARGE', 'a zip archive holds less than 4 GiB', { hint: 'Ask for tar.gz.' })
    }
    directory.push(directoryOf(head, offset))
    const mark = Buffer.alloc(4)
    mark.writeUInt32LE(0x0403_4b50, 0)
    yield Buffer.concat([mark, head.entry, head.name])
    yield packed
    offset += size
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  yield listed
  yield end
}
