// Lets long folds be interrupted: every so many steps and lines the event loop gets its turn, so that signals, timers and
// other requests are served, and an aborted signal ends the fold.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Replay } from '../kernel/replay.ts'
import type { JournalLine } from '../protocol/journal.ts'

/** Steps or lines between two turns. At 5 ms for each, a slow world's digest, the loop waits a third of a second. */
const SLICE = 64

export class FoldPacer {
  readonly #signal: AbortSignal | undefined
  #done = 0

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  /** Makes the steps before `step`, a slice at a time. @throws AppError FILE_TOO_LARGE; the reason of the signal */
  async advance(replay: Replay, step: number): Promise<void> {
    replay.checkLimit(step)
    while (replay.fold.step < step) {
      const next = Math.min(step, replay.fold.step + SLICE)
      this.#done += next - replay.fold.step
      replay.advanceTo(next)
      if (this.isDue) await this.breathe()
    }
  }

  /** Makes the steps that lead to a line from `Replay.open`. @throws the reason of the signal */
  async approach(replay: Replay, line: JournalLine): Promise<void> {
    while (replay.approach(line, SLICE)) await this.breathe()
  }

  /** Counts a line or step that was handled elsewhere; true: call `breathe` now. */
  count(): boolean {
    this.#done++
    return this.isDue
  }

  get isDue(): boolean {
    return this.#done >= SLICE
  }

  /** @throws the reason of the signal */
  async breathe(): Promise<void> {
    this.#done = 0
    await nextTurn()
    this.#signal?.throwIfAborted()
  }
}
