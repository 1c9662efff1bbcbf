// Makes long folds interruptible: after a number of steps and lines the event loop gets a turn, so that signals, timers and
// other requests are served, and an aborted signal ends the fold.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Replay } from '../kernel/replay.ts'
import type { JournalLine } from '../protocol/journal.ts'

/**
 * Steps or lines between two checks of the clock. At 5 ms each (the digest of a slow world), the loop is blocked for a
 * third of a second.
 */
const SLICE = 64
/** Milliseconds of folding between two turns of the event loop. */
const TURN_MS = 10

export class FoldPacer {
  readonly #signal: AbortSignal | undefined
  #done = 0
  #last = performance.now()

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
      if (this.#isDue()) await this.breathe()
    }
  }

  /**
   * Makes the steps that lead to a line from `Replay.open`. Usually they are few and need no wait. It then returns
   * undefined, because a promise for every line costs a tenth of a replay's time.
   * @throws the reason of the signal, as a rejection
   */
  approach(replay: Replay, line: JournalLine): Promise<void> | undefined {
    return replay.approach(line, SLICE) ? this.#approachOn(replay, line) : undefined
  }

  async #approachOn(replay: Replay, line: JournalLine): Promise<void> {
    do {
      this.#done += SLICE
      if (this.#isDue()) await this.breathe()
    } while (replay.approach(line, SLICE))
  }

  /** Counts a line or step that was handled elsewhere; true: call `breathe` now. */
  count(): boolean {
    this.#done++
    return this.#isDue()
  }

  #isDue(): boolean {
    if (this.#done < SLICE) return false
    this.#done = 0
    return performance.now() - this.#last >= TURN_MS
  }

  /** @throws the reason of the signal */
  async breathe(): Promise<void> {
    await nextTurn()
    this.#last = performance.now()
    this.#signal?.throwIfAborted()
  }
}
