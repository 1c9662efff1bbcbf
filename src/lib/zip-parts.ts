// A zip that is written while it is sent: no entry is in memory as a whole, and packing happens outside the event loop.
// zip.ts makes small archives whose sizes stand before their contents.
import { pipeline } from 'node:stream/promises'
import { constants, crc32, createDeflateRaw } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'

export interface ZipPart {
  /** Its path in the zip, with `/`. */
  readonly name: string
  /** Opens its bytes, when it is its turn. */
  content(): AsyncIterable<Uint8Array>
  /** Whether the bytes are packed already, as those of another zip: packing them again costs time and saves nothing. */
  readonly isPacked?: boolean
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
/** 1 January 1980: the same contents make the same zip. */
const DATE = 0x21
/** What 32 bits can say. */
const MAX_BYTES = 0xffff_ffff
const MAX_ENTRIES = 0xffff

/**
 * The bytes of a zip, as they come.
 * @throws AppError FILE_TOO_LARGE beyond 4 GiB or 65,535 entries; errors of contents pass unchanged
 */
export async function* zipParts(parts: Iterable<ZipPart> | AsyncIterable<ZipPart>): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let offset = 0
  for await (const part of parts) {
    if (written.length >= MAX_ENTRIES) throw tooLarge()
    const name = Buffer.from(part.name)
    const head = fields([4, LOCAL], [2, VERSION], [2, FLAGS], [2, DEFLATE], [2, 0], [2, DATE], [4, 0], [4, 0], [4, 0])
    yield Buffer.concat([head, fields([2, name.length], [2, 0]), name])
    const tally = { crc: 0, size: 0, packed: 0 }
    for await (const chunk of packedBytes(part, tally)) {
      tally.packed += chunk.length
      if (tally.size > MAX_BYTES || offset + tally.packed > MAX_BYTES) throw tooLarge()
      yield chunk
    }
    yield fields([4, DESCRIPTOR], [4, tally.crc], [4, tally.packed], [4, tally.size])
    written.push({ name, offset, ...tally })
    offset += head.length + 4 + name.length + tally.packed + 16
  }
  const directory = Buffer.concat(written.map(centralOf))
  const end = fields([4, END], [2, 0], [2, 0], [2, written.length], [2, written.length], [4, directory.length])
  yield Buffer.concat([directory, end, fields([4, offset], [2, 0])])
}

async function* packedBytes(
  { content, isPacked }: ZipPart,
  tally: { crc: number; size: number },
): AsyncGenerator<Uint8Array> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of content()) {
      tally.crc = crc32(bytes, tally.crc)
      tally.size += bytes.length
      yield bytes
    }
  }
  const deflate = createDeflateRaw({
    level: isPacked === true ? constants.Z_NO_COMPRESSION : constants.Z_DEFAULT_COMPRESSION,
  })
  const feeding = pipeline(counted, deflate)
  // A fault of the content also ends the loop below, which reports it; a reader that leaves ends the feeding.
  feeding.catch(() => undefined)
  for await (const chunk of deflate) yield Buffer.from(chunk)
  await feeding
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
    hint: 'Fetch the files one by one.',
  })
