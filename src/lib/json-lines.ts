// Lines of text files, JSON Lines above all. A line ends at '\n' and nowhere else: JSON text may hold U+2028 and U+2029
// as they are, and `node:readline` would split there.
import { AppError } from '../kernel/errors.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13

export interface Line {
  /** Without its '\n'. Bytes that are not UTF-8 become U+FFFD. */
  readonly text: string
  /** From 1. */
  readonly number: number
  /** The source ended before the line's '\n': a last line, perhaps cut short. */
  readonly isTorn: boolean
}

export interface LineOptions {
  /** Bytes that one line may have, its '\n' not counted. */
  readonly maxLineBytes: number
  /** Names the source in errors. Default: 'the input'. */
  readonly what?: string
  /** Whether a '\r' before the '\n' belongs to the line end. Default false. */
  readonly trimCarriageReturn?: boolean
}

/**
 * The lines of a source, in batches: one for each chunk that ends at least one line. For hot paths; see `readLines`.
 * @throws AppError FILE_TOO_LARGE naming the line; errors of the source pass unchanged
 */
export async function* readLineBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<readonly Line[], void, undefined> {
  const splitter = new LineSplitter(options)
  for await (const chunk of source) {
    const lines = splitter.split(chunk)
    if (lines.length > 0) yield lines
  }
  const last = splitter.end()
  if (last) yield [last]
}

/**
 * The lines of a source, one by one. Reading stops, and a stream is destroyed, when the caller leaves the loop.
 * @param source a stream without encoding, or chunks of bytes; a character may lie across two chunks
 * @throws AppError FILE_TOO_LARGE naming the line; errors of the source pass unchanged
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<Line, void, undefined> {
  for await (const lines of readLineBatches(source, options)) yield* lines
}

/** Splits chunks of bytes; a line is decoded when all its bytes are there. */
class LineSplitter {
  readonly #options: LineOptions
  /** The chunks since the last line end, and their bytes. */
  #open: Buffer[] = []
  #openBytes = 0
  #count = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  split(chunk: Uint8Array): Line[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('lines are read from bytes: set no encoding on the stream')
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const lines: Line[] = []
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      lines.push(this.#close(bytes.subarray(from, end), false))
      from = end + 1
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from))
    return lines
  }

  end(): Line | undefined {
    return this.#openBytes === 0 ? undefined : this.#close(Buffer.alloc(0), true)
  }

  #hold(rest: Buffer): void {
    this.#openBytes += rest.length
    this.#refuseLong(this.#openBytes)
    this.#open.push(rest)
  }

  #close(tail: Buffer, isTorn: boolean): Line {
    const size = this.#openBytes + tail.length
    this.#refuseLong(size)
    const line = this.#open.length === 0 ? tail : Buffer.concat([...this.#open, tail], size)
    this.#open = []
    this.#openBytes = 0
    this.#count++
    return { text: line.toString('utf8', 0, this.#lengthOf(line, isTorn)), number: this.#count, isTorn }
  }

  #lengthOf(line: Buffer, isTorn: boolean): number {
    const isTrimmed = !isTorn && this.#options.trimCarriageReturn === true && line.at(-1) === CARRIAGE_RETURN
    return isTrimmed ? line.length - 1 : line.length
  }

  #refuseLong(size: number): void {
    const { maxLineBytes, what = 'the input' } = this.#options
    if (size <= maxLineBytes) return
    const line = this.#count + 1
    throw new AppError('FILE_TOO_LARGE', `line ${line} of ${what} is longer than ${maxLineBytes} bytes`, {
      details: { line, limit: maxLineBytes },
    })
  }
}
