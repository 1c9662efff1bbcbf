// When the next step is made: at a fixed rate, as fast as it can, or when everybody has moved (lockstep).
import type { Pacing } from '../protocol/journal.ts'
import type { Clock } from './clock.ts'

/** Steps that an unpaced run makes before it yields to the rest of the process. */
const CHUNK_STEPS = 2048
/** A fixed rate that falls further behind than this skips the missed time instead of catching up in a burst. */
const MAX_LAG_MS = 250

interface PacerParts {
  readonly clock: Clock
  /** Makes one step if possible; false: the step must wait for a player or a reply. */
  readonly advance: () => boolean
  /** Undefined if the next step may start immediately; otherwise a promise to wait for. */
  readonly pressure: () => Promise<void> | undefined
}

export class Pacer {
  readonly #parts: PacerParts
  #pacing: Pacing
  #isRunning = false
  #isDriving = false
  #isWaking = false
  /** Raised by every start and stop: a chain of timers that belongs to an earlier one ends itself. */
  #epoch = 0
  #nextTick = 0
  #cancel: (() => void) | undefined

  constructor(pacing: Pacing, parts: PacerParts) {
    this.#pacing = pacing
    this.#parts = parts
  }

  get mode(): Pacing['mode'] {
    return this.#pacing.mode
  }

  /** Steps per second; undefined for other paces. */
  get rate(): number | undefined {
    return this.#pacing.mode === 'rate' ? this.#pacing.stepsPerSecond : undefined
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#epoch++
    this.#nextTick = this.#parts.clock.now()
    if (this.#pacing.mode === 'rate') this.#scheduleTick(this.#pacing.stepsPerSecond)
    else this.#drive()
  }

  stop(): void {
    this.#isRunning = false
    this.#epoch++
    this.#cancel?.()
  }

  /** An input arrived that may make the next lockstep possible. */
  wake(): void {
    if (this.#pacing.mode === 'lockstep') this.#drive()
  }

  /**
   * Like `wake`, at the end of this turn of the event loop: replies that arrive together enter the world in one step.
   */
  wakeSoon(): void {
    if (this.#isWaking) return
    this.#isWaking = true
    setImmediate(() => {
      this.#isWaking = false
      this.wake()
    })
  }

  /** @param stepsPerSecond more than 0, at most 1000; no effect at other paces */
  setRate(stepsPerSecond: number): void {
    if (this.#pacing.mode !== 'rate') return
    this.#pacing = { mode: 'rate', stepsPerSecond }
    if (!this.#isRunning) return
    this.stop()
    this.start()
  }

  #scheduleTick(stepsPerSecond: number): void {
    const period = 1000 / stepsPerSecond
    const now = this.#parts.clock.now()
    this.#nextTick = now - this.#nextTick > MAX_LAG_MS ? now + period : this.#nextTick + period
    const epoch = this.#epoch
    this.#cancel = this.#parts.clock.after(Math.max(0, this.#nextTick - now), () => {
      this.#parts.advance()
      if (this.#epoch === epoch) this.#scheduleTick(this.rate ?? stepsPerSecond)
    })
  }

  #drive(): void {
    if (this.#isDriving || !this.#isRunning) return
    this.#isDriving = true
    let canGoOn = true
    try {
      for (let i = 0; i < CHUNK_STEPS && canGoOn && this.#isRunning; i++) canGoOn = this.#parts.advance()
    } finally {
      this.#isDriving = false
    }
    if (!canGoOn || !this.#isRunning) return
    const epoch = this.#epoch
    const proceed = (): void => {
      if (this.#epoch === epoch) this.#drive()
    }
    const pressure = this.#parts.pressure()
    if (pressure !== undefined) void pressure.then(proceed, () => this.stop())
    else setImmediate(proceed)
  }
}
