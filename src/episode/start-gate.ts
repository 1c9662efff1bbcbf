// The time between the opening of an episode and its first step: players gather, then a short lead.
import type { Clock } from './clock.ts'

interface GateParts {
  readonly clock: Clock
  /** Milliseconds to wait for players; 0: do not wait. */
  readonly gatherMs: number
  /** Milliseconds between the last player joining and the first step. */
  readonly leadMs: number
  /** The first step may be made. Called once. */
  readonly onStart: () => void
}

export class StartGate {
  readonly #parts: GateParts
  #cancel: (() => void) | undefined

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  /** @param isComplete whether every player has already joined */
  open(isComplete: boolean): void {
    const { clock, gatherMs } = this.#parts
    if (isComplete || gatherMs === 0) this.lead()
    else this.#cancel = clock.after(gatherMs, () => this.lead())
  }

  /** Every player has joined, or the wait is over. */
  lead(): void {
    const { clock, leadMs, onStart } = this.#parts
    this.close()
    if (leadMs === 0) onStart()
    else this.#cancel = clock.after(leadMs, onStart)
  }

  /** The episode will not start. */
  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
