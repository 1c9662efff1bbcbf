// The zstd seekable format (facebook/zstd, contrib/seekable_format, version 0.1.0): independent frames, then a table of
// their sizes in a skippable frame, which every zstd reader ignores. So `zstd -d` opens our archives, and we read any
// part of one without the rest.
import { pipeline } from 'node:stream/promises'
import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { absent } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import type { ByteSource } from './byte-source.ts'

const SKIPPABLE_MAGIC = 0x184d2a5e
const SEEKABLE_MAGIC = 0x8f92eab1
const FOOTER_BYTES = 9
/** Bytes of text in one frame: a seek decompresses one of them. */
export const FRAME_BYTES = 512 * 1024
/** Maximum frame size of other writers of the format: a frame is unpacked in one go. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** Text of all frames together, as the table declares it: ten million steps of a verbose world. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024 * 1024
/** Maximum text of a plain zstd file, which has no table and is held in memory whole. */
const MAX_PLAIN_BYTES = 256 * 1024 * 1024
/** Room behind an unpacked frame; zlib takes no buffer under 64 bytes. */
const SPARE_BYTES = 64
/** Number of decompressed frames in the cache. */
const CACHED_FRAMES = 8

/** Collects text into frames. Write what `add` and `end` return, in order. */
export class SeekableZstdWriter {
  readonly #sizes: [compressed: number, plain: number][] = []
  #gathered: Buffer[] = []
  #size = 0

  /** Takes bytes; returns the frames that are full. */
  add(bytes: Buffer): Buffer {
    this.#gathered.push(bytes)
    this.#size += bytes.length
    return this.#size >= FRAME_BYTES ? this.#flush() : Buffer.alloc(0)
  }

  #flush(): Buffer {
    if (this.#size === 0) return Buffer.alloc(0)
    const plain = Buffer.concat(this.#gathered)
    this.#gathered = []
    this.#size = 0
    const frames: Buffer[] = []
    for (let at = 0; at < plain.length; at += FRAME_BYTES) {
      const part = plain.subarray(at, at + FRAME_BYTES)
      const frame = zstdCompressSync(part, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
      this.#sizes.push([frame.length, part.length])
      frames.push(frame)
    }
    return Buffer.concat(frames)
  }

  /** The last frame and the table. */
  end(): Buffer {
    const last = this.#flush()
    const table = Buffer.alloc(8 + this.#sizes.length * 8 + FOOTER_BYTES)
    table.writeUInt32LE(SKIPPABLE_MAGIC, 0)
    table.writeUInt32LE(table.length - 8, 4)
    this.#sizes.forEach(([compressed, plain], i) => {
      table.writeUInt32LE(compressed, 8 + i * 8)
      table.writeUInt32LE(plain, 12 + i * 8)
    })
    const footer = table.length - FOOTER_BYTES
    table.writeUInt32LE(this.#sizes.length, footer)
    table.writeUInt8(0, footer + 4)
    table.writeUInt32LE(SEEKABLE_MAGIC, footer + 5)
    return Buffer.concat([last, table])
  }
}

interface Frame {
  /** Its place in the file, and the part of the text that it contains. */
  readonly at: number
  readonly length: number
  readonly from: number
  readonly to: number
}

/**
 * Reads a zstd file as if it were its text.
 * @throws AppError JOURNAL_CORRUPT or FILE_TOO_LARGE
 */
export async function openSeekableZstd(raw: ByteSource): Promise<ByteSource> {
  const frames = await readFrames(raw)
  if (!frames) return openPlainZstd(raw)
  const size = frames.at(-1)?.to ?? 0
  const cache = new Map<Frame, Buffer>()
  const load = async (frame: Frame): Promise<Buffer> => {
    const known = cache.get(frame)
    if (known) return known
    const plain = decompress(await raw.read(frame.at, frame.length), frame.to - frame.from)
    if (plain.length !== frame.to - frame.from) throw damaged()
    const oldest = cache.size >= CACHED_FRAMES ? cache.keys().next().value : undefined
    if (oldest) cache.delete(oldest)
    cache.set(frame, plain)
    return plain
  }
  return {
    size,
    close: () => raw.close(),
    async read(offset, length) {
      const end = Math.min(size, offset + length)
      const parts: Buffer[] = []
      for (let i = firstFrameAt(frames, offset); i < frames.length; i++) {
        const frame = frames[i]
        if (!frame || frame.from >= end) break
        const plain = await load(frame)
        parts.push(plain.subarray(Math.max(0, offset - frame.from), end - frame.from))
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    },
  }
}

function firstFrameAt(frames: readonly Frame[], offset: number): number {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((frames[middle] ?? absent()).to <= offset) low = middle + 1
    else high = middle
  }
  return low
}

async function readFrames(raw: ByteSource): Promise<readonly Frame[] | undefined> {
  if (raw.size < FOOTER_BYTES + 8) return undefined
  const footer = await raw.read(raw.size - FOOTER_BYTES, FOOTER_BYTES)
  if (footer.readUInt32LE(5) !== SEEKABLE_MAGIC) return undefined
  const count = footer.readUInt32LE(0)
  const start = raw.size - FOOTER_BYTES - count * 8
  if (start < 8) throw damaged()
  const table = await raw.read(start, count * 8)
  const frames: Frame[] = []
  let at = 0
  let from = 0
  for (let i = 0; i < count; i++) {
    const length = table.readUInt32LE(i * 8)
    const unpacked = table.readUInt32LE(i * 8 + 4)
    if (unpacked > MAX_FRAME_BYTES) throw tooLarge(`a frame of the archive holds ${unpacked} bytes`, MAX_FRAME_BYTES)
    const to = from + unpacked
    if (to > MAX_UNPACKED_BYTES) throw tooLarge(`the archive holds ${to} bytes or more`, MAX_UNPACKED_BYTES)
    frames.push({ at, length, from, to })
    at += length
    from = to
  }
  if (at !== start - 8) throw damaged()
  return frames
}

async function openPlainZstd(raw: ByteSource): Promise<ByteSource> {
  const plain = await unpackAll(raw)
  return {
    size: plain.length,
    read: (offset, length) => Promise.resolve(plain.subarray(offset, offset + length)),
    close: () => raw.close(),
  }
}

/** Unpacks piece by piece and stops at the limit, whatever size the frames declare. */
async function unpackAll(raw: ByteSource): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  try {
    await pipeline(pieces(raw), createZstdDecompress(), async (unpacked: AsyncIterable<Buffer>) => {
      for await (const part of unpacked) {
        size += part.length
        if (size > MAX_PLAIN_BYTES) throw tooLarge('the archive holds more', MAX_PLAIN_BYTES)
        parts.push(part)
      }
    })
  } catch (cause) {
    throw cause instanceof AppError ? cause : damaged(cause)
  }
  return Buffer.concat(parts)
}

async function* pieces(raw: ByteSource): AsyncGenerator<Buffer> {
  for (let at = 0; at < raw.size; ) {
    const piece = await raw.read(at, FRAME_BYTES)
    if (piece.length === 0) return
    at += piece.length
    yield piece
  }
}

function tooLarge(what: string, limit: number): AppError {
  return new AppError('FILE_TOO_LARGE', `${what}; the limit is ${limit} bytes of text`, {
    hint: 'Unpack it with `zstd -d` and read the plain file.',
  })
}

function decompress(frame: Buffer, limit: number): Buffer {
  try {
    // A buffer for the whole frame is a quarter faster than pieces of 16 KiB; the room at its end lets zlib see the end.
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(1, limit), chunkSize: limit + SPARE_BYTES })
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): AppError {
  return new AppError('JOURNAL_CORRUPT', 'the compressed journal is damaged: it does not decompress', { cause })
}
