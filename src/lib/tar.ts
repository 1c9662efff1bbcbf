// Reads tar archives as a stream: ustar, pax and GNU long names. Nothing is written and nothing is trusted: a caller decides
// which names and kinds of entries it takes.
import { AppError } from '../kernel/errors.ts'

export interface TarEntry {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Bytes of its data. */
  readonly size: number
  /** Where the data begins, in bytes from the start of the archive. */
  readonly offset: number
  /** The path that a link names; empty: it is none. */
  readonly target: string
  /** Unix permission bits. */
  readonly mode: number
  /** The data; what is not read is skipped. */
  data(): AsyncGenerator<Buffer, void, undefined>
}

/** Fields that headers before an entry set. */
interface LongFields {
  path?: string
  target?: string
  size?: number
}

const BLOCK = 512
/** Bytes of a long name or a pax header. */
const MAX_META = 64 * 1024
const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '5': 'folder',
  '1': 'link',
  '2': 'link',
}

const bad = (message: string): AppError => new AppError('UPLOAD_INVALID', `the archive ${message}`)

/** Hands out exactly as many bytes as are asked for. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)
  #taken = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Up to `most` bytes; empty at the end. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next()
      if (next.done) return this.#rest
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
    const taken = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(taken.length)
    this.#taken += taken.length
    return taken
  }

  /** Bytes handed out so far. */
  get position(): number {
    return this.#taken
  }

  /** All of them, or fewer at the end of the source. */
  async exactly(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = bytes; left > 0; ) {
      const part = await this.some(left)
      if (part.length === 0) break
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }
}

/**
 * The entries of an archive, in order.
 * @throws AppError UPLOAD_INVALID for what is no tar archive, or ends too early
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = new ByteReader(source)
  let next: LongFields = {}
  for (;;) {
    const header = await bytes.exactly(BLOCK)
    if (header.length === 0 || header.every((byte) => byte === 0)) return
    if (header.length < BLOCK) throw bad('ends in the middle of a header')
    checkSum(header)
    const type = String.fromCharCode(header.readUInt8(156))
    const size = next.size ?? numberIn(header, 124, 12)
    const padded = Math.ceil(size / BLOCK) * BLOCK
    if ('LKxg'.includes(type)) {
      if (size > MAX_META) throw bad('has a header that is too long')
      const meta = (await bytes.exactly(padded)).subarray(0, size)
      if (meta.length < size) throw bad('ends in the middle of a header')
      next = withMeta(next, type, meta)
      continue
    }
    let left = padded
    const path = next.path ?? nameOf(header)
    const target = next.target ?? textOf(header.subarray(157, 257))
    next = {}
    let hasRead = 0
    yield {
      path,
      kind: KINDS[type] ?? 'other',
      size,
      offset: bytes.position,
      target: KINDS[type] === 'link' ? target : '',
      mode: numberIn(header, 100, 8) & 0o777,
      async *data() {
        while (left > 0) {
          const part = await bytes.some(left)
          if (part.length === 0) throw bad('ends in the middle of a file')
          left -= part.length
          const useful = part.subarray(0, Math.max(0, size - hasRead))
          hasRead += part.length
          if (useful.length > 0) yield useful
        }
      },
    }
    while (left > 0) {
      const part = await bytes.some(left)
      if (part.length === 0) throw bad('ends in the middle of a file')
      left -= part.length
    }
  }
}

/** Adds what a header of another entry says about the next one: GNU long names, or pax fields. */
function withMeta(next: LongFields, type: string, meta: Buffer): LongFields {
  if (type === 'L') return { ...next, path: textOf(meta) }
  if (type === 'K') return { ...next, target: textOf(meta) }
  return type === 'x' ? { ...next, ...readPax(meta) } : next
}

function checkSum(header: Buffer): void {
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte
  const given = /^[\0 ]*([0-7]+)[\0 ]*$/.exec(header.subarray(148, 156).toString('latin1'))?.[1]
  if (given === undefined || sum !== Number.parseInt(given, 8)) throw bad('is not a tar archive, or is damaged')
}

/** Octal text, or a big-endian number where the first bit is set. */
function numberIn(header: Buffer, at: number, length: number): number {
  const field = header.subarray(at, at + length)
  const first = field.readUInt8(0)
  if ((first & 0x80) !== 0) {
    let value = BigInt(first & 0x7f)
    for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad('has an entry without a sensible size')
    return Number(value)
  }
  const text = field.toString('latin1').replaceAll('\0', ' ').trim()
  if (!/^[0-7]*$/.test(text)) throw bad('has a header that is damaged')
  return text === '' ? 0 : Number.parseInt(text, 8)
}

/** Text up to the first NUL. */
function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? field : field.subarray(0, end))
  } catch {
    throw bad('has a name that is not UTF-8')
  }
}

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100))
  const isPosix = header.subarray(257, 263).toString('latin1') === 'ustar\0'
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** `<length> <key>=<value>\n` each. */
function readPax(meta: Buffer): LongFields {
  const found: LongFields = {}
  for (let at = 0; at < meta.length; ) {
    const blank = meta.indexOf(32, at)
    const length = Number(meta.subarray(at, blank < 0 ? at : blank).toString('latin1'))
    if (blank < 0 || !Number.isInteger(length) || length < 5 || at + length > meta.length) {
      throw bad('has a header that is damaged')
    }
    const record = meta.subarray(blank + 1, at + length - 1)
    const equals = record.indexOf(61)
    const key = record.subarray(0, equals).toString('latin1')
    const value = textOf(record.subarray(equals + 1))
    if (key === 'path') found.path = value
    if (key === 'linkpath') found.target = value
    if (key === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value)
    at += length
  }
  return found
}
