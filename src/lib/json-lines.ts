// Lines of text files, JSON Lines above all. A line ends at '\n' and nowhere else: JSON text may contain U+2028 and
// U+2029 unescaped, and `node:readline` would split there.
import { AppError } from '../kernel/errors.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13

export interface Line {
  /** Without its '\n'. Bytes that are not UTF-8 become U+FFFD. */
  readonly text: string
  /** From 1. */
  readonly number: number
  /** The source ended before the line's '\n': a last line, possibly truncated. */
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

/** A line before it is decoded. */
export interface RawLine {
  /** Without the '\n'; undefined: the line is longer than the limit and was skipped. */
  readonly bytes: Buffer | undefined
  readonly number: number
  readonly isTorn: boolean
}

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * The lines of a source as bytes, one by one: for readers that report a bad line and continue with the next. A line that is
 * too long is never in memory whole.
 * @throws errors of the source unchanged
 */
export async function* readRawLines(source: Source, maxLineBytes: number): AsyncGenerator<RawLine, void, undefined> {
  const splitter = new LineSplitter(maxLineBytes, () => undefined)
  for await (const chunk of source) yield* splitter.split(chunk)
  const last = splitter.end()
  if (last) yield last
}

/**
 * The lines of a source, in batches: one for each chunk that ends at least one line. For hot paths; see `readLines`.
 * @throws AppError FILE_TOO_LARGE naming the line; errors of the source pass unchanged
 */
export async function* readLineBatches(
  source: Source,
  options: LineOptions,
): AsyncGenerator<readonly Line[], void, undefined> {
  const splitter = new LineSplitter(options.maxLineBytes, (number) => refuseLong(number, options))
  const decode = ({ bytes = Buffer.alloc(0), number, isTorn }: RawLine): Line => {
    const isTrimmed = !isTorn && options.trimCarriageReturn === true && bytes.at(-1) === CARRIAGE_RETURN
    return { text: bytes.toString('utf8', 0, isTrimmed ? bytes.length - 1 : bytes.length), number, isTorn }
  }
  for await (const chunk of source) {
    const lines = splitter.split(chunk)
    if (lines.length > 0) yield lines.map(decode)
  }
  const last = splitter.end()
  if (last) yield [decode(last)]
}

/**
 * The lines of a source, one by one. Reading stops, and a stream is destroyed, when the caller leaves the loop.
 * @param source a stream without encoding, or chunks of bytes; a character may lie across two chunks
 * @throws AppError FILE_TOO_LARGE naming the line; errors of the source pass unchanged
 */
export async function* readLines(source: Source, options: LineOptions): AsyncGenerator<Line, void, undefined> {
  for await (const lines of readLineBatches(source, options)) yield* lines
}

function refuseLong(line: number, { maxLineBytes, what = 'the input' }: LineOptions): never {
  throw new AppError('FILE_TOO_LARGE', `line ${line} of ${what} is longer than ${maxLineBytes} bytes`, {
    details: { line, limit: maxLineBytes },
  })
}

/** Splits chunks of bytes. The chunks of an unfinished line are kept apart, and joined once at its end. */
class LineSplitter {
  readonly #maxLineBytes: number
  readonly #onLong: (number: number) => void
  #open: Buffer[] = []
  #openBytes = 0
  #count = 0

  /** @param onLong called as soon as a line is known to be too long */
  constructor(maxLineBytes: number, onLong: (number: number) => void) {
    this.#maxLineBytes = maxLineBytes
    this.#onLong = onLong
  }

  split(chunk: Uint8Array): RawLine[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('lines are read from bytes: set no encoding on the stream')
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const lines: RawLine[] = []
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#hold(bytes.subarray(from, end))
      lines.push(this.#close(false))
      from = end + 1
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from))
    return lines
  }

  end(): RawLine | undefined {
    return this.#openBytes === 0 ? undefined : this.#close(true)
  }

  #hold(part: Buffer): void {
    this.#openBytes += part.length
    if (this.#openBytes <= this.#maxLineBytes) this.#open.push(part)
    else {
      this.#open = []
      this.#onLong(this.#count + 1)
    }
  }

  #close(isTorn: boolean): RawLine {
    const [first = Buffer.alloc(0), ...rest] = this.#open
    const whole = rest.length === 0 ? first : Buffer.concat(this.#open, this.#openBytes)
    const bytes = this.#openBytes <= this.#maxLineBytes ? whole : undefined
    this.#open = []
    this.#openBytes = 0
    this.#count++
    return { bytes, number: this.#count, isTorn }
  }
}
