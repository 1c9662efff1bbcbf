// Lockstep: the world waits for the slots it awaits, and their clocks run meanwhile.
import type { Clock } from './clock.ts'
import type { SlotClocks } from './slot-clocks.ts'
import type { Slots } from './slots.ts'
import type { StepLoop } from './step-loop.ts'

interface LockstepParts {
  readonly loop: StepLoop
  readonly slots: Slots
  readonly clocks: SlotClocks
  readonly clock: Clock
  /** Time limit of a step for all awaited slots, in milliseconds; undefined: none. */
  readonly deadlineMs: number | undefined
  /** Called when a step may have become possible. */
  readonly wake: () => void
}

export class Lockstep {
  readonly #parts: LockstepParts
  #cancelDeadline: (() => void) | undefined

  constructor(parts: LockstepParts) {
    this.#parts = parts
  }

  /** Makes a step if every awaited slot can move; otherwise starts the clocks of the awaited slots. */
  advance(): boolean {
    const { loop, slots, clocks, clock, deadlineMs } = this.#parts
    if (clocks.isNeeded) loop.clocks = clocks.left
    if (loop.lockstep()) {
      this.stop()
      return true
    }
    const awaited = loop.awaited()
    for (const slot of awaited) {
      if (slots.at(slot).waiting.length === 0) clocks.start(slot, () => this.#expire([slot]))
    }
    if (deadlineMs !== undefined && !this.#cancelDeadline && awaited.length > 0) {
      this.#cancelDeadline = clock.after(deadlineMs, () => {
        this.#cancelDeadline = undefined
        this.#expire(loop.awaited())
      })
    }
    return false
  }

  #expire(expired: readonly number[]): void {
    const { loop, slots, wake } = this.#parts
    for (const slot of expired) if (slots.at(slot).waiting.length === 0) loop.expire(slot)
    wake()
  }

  /** Cancels the deadline of the current step. */
  stop(): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = undefined
  }
}
