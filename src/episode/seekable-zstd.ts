// The zstd seekable format (facebook/zstd, contrib/seekable_format, version 0.1.0): independent frames, then a table of
// their sizes in a skippable frame, which every zstd reader passes over. So `zstd -d` opens our archives, and we read
// any part of one without the rest.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import type { ByteSource } from './byte-source.ts'

const SKIPPABLE_MAGIC = 0x184d2a5e
const SEEKABLE_MAGIC = 0x8f92eab1
const FOOTER_BYTES = 9
/** Bytes of text in one frame: a seek decompresses one of them. */
export const FRAME_BYTES = 512 * 1024
/** A plain zstd file has no table and is held in memory whole; this is as much as we do that for. */
const MAX_PLAIN_BYTES = 1024 * 1024 * 1024
/** Decompressed frames kept. */
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
  /** Where it lies in the file, and which part of the text it holds. */
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
    if ((frames[middle]?.to ?? 0) <= offset) low = middle + 1
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
    const to = from + table.readUInt32LE(i * 8 + 4)
    frames.push({ at, length, from, to })
    at += length
    from = to
  }
  if (at !== start - 8) throw damaged()
  return frames
}

async function openPlainZstd(raw: ByteSource): Promise<ByteSource> {
  if (raw.size > MAX_PLAIN_BYTES) {
    throw new AppError('FILE_TOO_LARGE', `a zstd file without a seek table may have ${MAX_PLAIN_BYTES} bytes`)
  }
  const plain = decompress(await raw.read(0, raw.size), MAX_PLAIN_BYTES)
  return {
    size: plain.length,
    read: (offset, length) => Promise.resolve(plain.subarray(offset, offset + length)),
    close: () => raw.close(),
  }
}

function decompress(frame: Buffer, limit: number): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(1, limit) })
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): AppError {
  return new AppError('JOURNAL_CORRUPT', 'the compressed journal is damaged: it does not decompress', { cause })
}
