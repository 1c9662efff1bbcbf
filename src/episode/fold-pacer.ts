// Makes long folds interruptible: after some milliseconds the event loop gets a turn, so that signals, timers and other
// requests are served, and an aborted signal ends the fold.
import type { Replay } from '../kernel/replay.ts'
import type { JournalLine } from '../protocol/journal.ts'

/**
 * Steps or lines between two checks of the clock. At 5 ms each (the digest of a slow world), the loop is blocked for a
 * third of a second.
 */
const SLICE = 64
/** Milliseconds of folding between two turns of the event loop. */
const TURN_MS = 10

/**
 * The folds that wait for the event loop. They share one thread, so each turn of the loop continues one of them: with a
 * hundred folds a turn is as short as with one, and live episodes keep their pace.
 */
class Turns {
  readonly #waiting: (() => void)[] = []
  #isScheduled = false

  /** Whether another fold waits. */
  get isWanted(): boolean {
    return this.#waiting.length > 0
  }

  /** Resolves in a later turn of the event loop, in which no other fold runs. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#waiting.shift()?.()
      if (this.isWanted) this.#schedule()
    })
  }
}

const TURNS = new Turns()

export class FoldPacer {
  readonly #signal: AbortSignal | undefined
  #done = 0
  #last = performance.now()
  #isNew = true

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
    // A fold that has just begun queues up behind the others: otherwise a hundred that begin at once block the loop.
    return (this.#isNew && TURNS.isWanted) || performance.now() - this.#last >= TURN_MS
  }

  /** @throws the reason of the signal */
  async breathe(): Promise<void> {
    await TURNS.next()
    this.#isNew = false
    this.#last = performance.now()
    this.#signal?.throwIfAborted()
  }
}
