// Writes tar archives entry by entry, whatever their size.
import { AppError } from '../kernel/errors.ts'

const BLOCK = 512
const MODE = 0o600

function field(header: Buffer, [at, length]: readonly [number, number], text: string): void {
  header.write(text.slice(0, length), at, 'utf8')
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`

function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new AppError('VALIDATION_ERROR', `${name} is too long for a tar archive`)
  const header = Buffer.alloc(BLOCK)
  field(header, [0, 100], name)
  field(header, [100, 8], octal(MODE, 8))
  field(header, [108, 8], octal(0, 8))
  field(header, [116, 8], octal(0, 8))
  field(header, [124, 12], octal(size, 12))
  field(header, [136, 12], octal(0, 12))
  header.fill(' ', 148, 156)
  field(header, [156, 1], '0')
  field(header, [257, 8], 'ustar\x0000')
  const sum = header.reduce((total, byte) => total + byte, 0)
  field(header, [148, 8], `${sum.toString(8).padStart(6, '0')}\0 `)
  return header
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** An entry of known size whose bytes come later. */
export interface StreamedEntry {
  readonly name: string
  readonly size: number
  content(): AsyncIterable<Uint8Array>
}

/** The bytes of an archive, as they come. */
export async function* tarStream(
  entries: Iterable<StreamedEntry> | AsyncIterable<StreamedEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const { name, size, content } of entries) {
    yield headerOf(name, size)
    let written = 0
    for await (const part of content()) {
      written += part.length
      yield part
    }
    if (written !== size) throw new AppError('FILE_UNREADABLE', `${name} changed while it was archived`)
    yield padding(size)
  }
  yield Buffer.alloc(BLOCK * 2)
}
