// Thinking time of the slots of one episode: none, a fixed time per move, or a main time with an increment. A clock
// runs while its slot is awaited; the lag allowance is added to every move and never counted.
import { at } from '../kernel/at.ts'
import type { SlotClock } from '../protocol/journal.ts'
import type { Clock } from './clock.ts'

interface Running {
  readonly since: number
  readonly cancel: () => void
}

export class SlotClocks {
  readonly #clock: Clock
  readonly #settings: readonly SlotClock[]
  readonly #left: number[]
  readonly #running = new Map<number, Running>()

  /** @param left milliseconds left, one per slot, of a resumed episode; absent: the full time of the settings */
  constructor(clock: Clock, settings: readonly SlotClock[], left?: readonly number[]) {
    this.#clock = clock
    this.#settings = settings
    this.#left = left ? [...left] : settings.map(fullTime)
  }

  get isNeeded(): boolean {
    return this.#settings.some((setting) => setting.kind !== 'none')
  }

  /** Milliseconds left while no clock runs; -1 for slots without a clock. */
  get left(): readonly number[] {
    return this.#left.slice()
  }

  /** Starts a slot's clock. Does nothing if it is running or does not exist. */
  start(slot: number, onExpired: () => void): void {
    const setting = this.#settings[slot]
    if (!setting || setting.kind === 'none' || this.#running.has(slot)) return
    const budget = (setting.kind === 'move' ? setting.moveMs : Math.max(0, at(this.#left, slot))) + setting.lagMs
    const cancel = this.#clock.after(budget, () => {
      this.#running.delete(slot)
      if (setting.kind === 'game') this.#left[slot] = 0
      onExpired()
    })
    this.#running.set(slot, { since: this.#clock.now(), cancel })
  }

  /** The slot has moved: its clock stops, the used time is subtracted, and the increment is added. */
  stop(slot: number): void {
    const running = this.#running.get(slot)
    const setting = this.#settings[slot]
    if (!running || !setting) return
    running.cancel()
    this.#running.delete(slot)
    if (setting.kind !== 'game') return
    const used = Math.max(0, this.#clock.now() - running.since - setting.lagMs)
    this.#left[slot] = Math.max(0, Math.round(at(this.#left, slot) - used)) + setting.incrementMs
  }

  /** Stops all clocks: no slot loses time during a pause. */
  suspend(): void {
    for (const [slot, running] of this.#running) {
      running.cancel()
      const setting = this.#settings[slot]
      if (setting?.kind === 'game') {
        const used = Math.max(0, this.#clock.now() - running.since - setting.lagMs)
        this.#left[slot] = Math.max(0, Math.round(at(this.#left, slot) - used))
      }
    }
    this.#running.clear()
  }
}

function fullTime(setting: SlotClock): number {
  if (setting.kind === 'none') return -1
  return setting.kind === 'move' ? setting.moveMs : setting.mainMs
}
