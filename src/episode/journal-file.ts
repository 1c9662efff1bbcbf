// Reads journals of any length without loading them: the lines as a stream, the last line, and the state at any step.
// Lines are in the order of their steps, so a step is found by bisection over the bytes; no index is needed.
import { AppError } from '../kernel/errors.ts'
import { corrupt, parseLine, splitHash } from '../kernel/journal.ts'
import { MAX_REPLAY_STEPS, Replay } from '../kernel/replay.ts'
import type { World } from '../kernel/world.ts'
import type { JournalHeader, JournalLine } from '../protocol/journal.ts'
import type { ByteSource } from './byte-source.ts'
import { FoldPacer } from './fold-pacer.ts'
import { nativeHash } from './native-hash.ts'
import { openByteSource } from './open-bytes.ts'
import { CHUNK, type Located, lastLine, lineAt, lineStart, readLines } from './stored-lines.ts'

/** The limits of a reader. */
export interface FoldOptions {
  /** Default: `MAX_REPLAY_STEPS`. */
  readonly maxSteps?: number
  /** Checked between slices of steps; its reason is thrown. */
  readonly signal?: AbortSignal
}

export class JournalFile {
  readonly header: JournalHeader
  readonly #source: ByteSource
  readonly #first: Located

  private constructor(source: ByteSource, first: Located, header: JournalHeader) {
    this.#source = source
    this.#first = first
    this.header = header
  }

  /** @throws AppError FILE_UNREADABLE, JOURNAL_CORRUPT or JOURNAL_VERSION */
  static async open(path: string): Promise<JournalFile> {
    return JournalFile.from(await openByteSource(path))
  }

  static async from(source: ByteSource): Promise<JournalFile> {
    try {
      const first = await lineAt(source, 0)
      const split = first && splitHash(first.text)
      if (!first || !split) throw corrupt(1, 'is not the header of a journal')
      const line = parseLine(split.body, 1)
      if (line.kind !== 'header') throw corrupt(1, 'is not the header of a journal')
      return new JournalFile(source, first, line.header)
    } catch (error) {
      await source.close()
      throw error
    }
  }

  /** Bytes of the journal's text. */
  get size(): number {
    return this.#source.size
  }

  /** The last complete line, and whether a torn line follows it. */
  async last(): Promise<{ line: JournalLine; text: string; isTorn: boolean }> {
    const { line: last, isTorn } = await lastLine(this.#source)
    const split = last && splitHash(last.text)
    if (!last || !split) throw corrupt(0, 'at the end has no hash')
    return { line: parseLine(split.body, 0), text: last.text, isTorn }
  }

  /** The stored lines from an offset on, a batch at a time; a torn last one is left out. */
  lines(offset = 0): AsyncGenerator<readonly string[]> {
    return readLines(this.#source, offset)
  }

  /**
   * The state after `step` steps, from the nearest saved one before it. Digests and hashes are not checked on the way;
   * that is what `verifyJournal` is for.
   * @throws AppError STEP_OUT_OF_RANGE, FILE_TOO_LARGE, WORLD_VERSION, UNKNOWN_WORLD, JOURNAL_CORRUPT; the signal's reason
   */
  async seek(
    step: number,
    resolve: (header: JournalHeader) => World,
    { signal, maxSteps = MAX_REPLAY_STEPS }: FoldOptions = {},
  ): Promise<Replay> {
    const replay = new Replay(resolve, { chain: false, digests: false, maxSteps })
    const pacer = new FoldPacer(signal)
    let offset = this.#first.next
    const saved = step > 0 ? await this.#savedBefore(step, pacer) : undefined
    if (saved) {
      replay.jump(this.header, { step: saved.step, state: saved.state, lines: 0 })
      offset = saved.next
    } else replay.take({ kind: 'header', header: this.header })
    const isThere = await this.#feedTo(replay, { offset, step, pacer })
    if (!isThere)
      throw new AppError('STEP_OUT_OF_RANGE', `the journal ends at step ${replay.fold.step}, before step ${step}`)
    await pacer.advance(replay, step)
    return replay
  }

  /**
   * Folds from the start and hands out the replay before the first step and after every one. Use its contents at once:
   * the next iteration changes them.
   */
  async *walk(
    resolve: (header: JournalHeader) => World,
    { signal, maxSteps = MAX_REPLAY_STEPS }: FoldOptions = {},
  ): AsyncGenerator<Replay> {
    const replay = new Replay(resolve, { chain: false, digests: false, maxSteps })
    const pacer = new FoldPacer(signal)
    replay.take({ kind: 'header', header: this.header })
    const { fold } = replay
    yield replay
    for await (const batch of this.lines(this.#first.next)) {
      for (const text of batch) {
        const line = openUnchecked(text, fold.step)
        while (fold.step < line.line.step) {
          replay.advanceTo(fold.step + 1)
          yield replay
          if (pacer.count()) await pacer.breathe()
        }
        replay.take(line)
        if (fold.step > line.line.step) yield replay
        if (pacer.count()) await pacer.breathe()
      }
    }
  }

  /** Feeds lines that come before step number `step`; false when the journal ends before that step. */
  async #feedTo(
    replay: Replay,
    to: { readonly offset: number; readonly step: number; readonly pacer: FoldPacer },
  ): Promise<boolean> {
    const { offset, step, pacer } = to
    for await (const batch of this.lines(offset)) {
      for (const text of batch) {
        const line = openUnchecked(text, replay.fold.step)
        const isBeyond = line.kind === 'step' ? line.line.step >= step : line.line.step > step
        if (isBeyond) return true
        replay.checkLimit(line.line.step)
        const steps = pacer.approach(replay, line)
        if (steps !== undefined) await steps
        replay.take(line)
        if (pacer.count()) await pacer.breathe()
        if (replay.divergence)
          throw new AppError('DIVERGED', replay.divergence.what, { details: { step: line.line.step } })
      }
    }
    return replay.fold.step >= step
  }

  /**
   * What a remote reader needs to fold steps `from` to `to` itself: the header, the last saved state at or before
   * `from`, and the lines from there on. Stored lines, as text; hashes are left to the reader.
   * @param limit characters after which no further line is given
   */
  async range(from: number, to: number, limit: number): Promise<{ lines: readonly string[]; isWhole: boolean }> {
    const saved = from > 0 ? await this.#savedBefore(from, new FoldPacer(undefined)) : undefined
    const lines = [this.#first.text, ...(saved ? [saved.text] : [])]
    let size = 0
    for await (const batch of this.lines(saved?.next ?? this.#first.next)) {
      for (const text of batch) {
        if (stepOf(text) > to) return { lines, isWhole: true }
        size += text.length
        if (size > limit) return { lines, isWhole: false }
        lines.push(text)
      }
    }
    return { lines, isWhole: true }
  }

  /** The last checkpoint with a state at or before `step`. */
  async #savedBefore(step: number, pacer: FoldPacer) {
    let end = await this.#offsetOf(step + 1)
    while (end > this.#first.next) {
      // Without this, a file full of lines that look like checkpoints could not be interrupted.
      await pacer.breathe()
      const start = await lineStart(this.#source, Math.max(this.#first.next, end - 4 * CHUNK))
      const from = Math.max(this.#first.next, start)
      const text = (await this.#source.read(from, end - from)).toString('latin1')
      const found = text.lastIndexOf('","state":')
      if (found >= 0) {
        const located = await lineAt(this.#source, from + text.lastIndexOf('\n', found) + 1)
        const split = located && splitHash(located.text)
        const line = split ? parseLine(split.body, 0) : undefined
        if (located && line?.kind === 'checkpoint' && line.line.state !== undefined && line.line.step <= step) {
          return { step: line.line.step, state: line.line.state, next: located.next, text: located.text }
        }
        // A command happens to contain these characters: search before it.
        end = from + text.lastIndexOf('\n', found) + 1
        continue
      }
      end = from
    }
    return undefined
  }

  /** Offset of the first line with a step of at least `step`; the size, if there is none. */
  async #offsetOf(step: number): Promise<number> {
    let low = this.#first.next
    let high = this.#source.size
    while (high - low > CHUNK) {
      const middle = await lineStart(this.#source, Math.floor((low + high) / 2))
      const at = Math.max(middle, low)
      const located = await lineAt(this.#source, at)
      if (!located) return high
      if (at === low && located.next >= high) break
      if (stepOf(located.text) < step) low = located.next
      else if (at === low) return low
      else high = at
    }
    for (let at = low; at < high; ) {
      const located = await lineAt(this.#source, at)
      if (!located || stepOf(located.text) >= step) return at
      at = located.next
    }
    return high
  }

  close(): Promise<void> {
    return this.#source.close()
  }
}

/** A line that is not the header, its hash not checked. */
function openUnchecked(text: string, step: number): Exclude<JournalLine, { kind: 'header' }> {
  const split = splitHash(text)
  if (!split) throw corrupt(0, `near step ${step} has no hash`)
  const line = parseLine(split.body, 0)
  if (line.kind === 'header') throw corrupt(0, `near step ${step} is a second header`)
  return line
}

/** The step at the start of a line. */
function stepOf(text: string): number {
  const match = /^\{"step":(\d+)/.exec(text)
  if (!match) throw corrupt(0, 'does not begin with its step')
  return Number(match[1])
}

/**
 * Folds a whole journal again and compares every hash and digest; it stops at the first difference.
 * @param options.onProgress called from time to time with the step
 * @throws AppError JOURNAL_CORRUPT and the other codes of `Replay.feed`; the signal's reason
 */
export async function verifyJournal(
  file: JournalFile,
  resolve: (header: JournalHeader) => World,
  options: FoldOptions & { readonly onProgress?: (step: number) => void } = {},
): Promise<Replay> {
  const { signal, maxSteps = MAX_REPLAY_STEPS, onProgress } = options
  const replay = new Replay(resolve, { hash: nativeHash, maxSteps })
  const pacer = new FoldPacer(signal)
  for await (const batch of file.lines()) {
    for (const text of batch) {
      const line = replay.open(text)
      const steps = pacer.approach(replay, line)
      if (steps !== undefined) await steps
      replay.take(line)
      if (replay.divergence) return replay
      if (pacer.count()) await pacer.breathe()
    }
    onProgress?.(replay.fold.step)
  }
  return replay
}
