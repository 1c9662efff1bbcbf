// Finds the largest number of rooms that a server carries: doubles from a start until it fails, or halves until it
// holds, then bisects.

/** The search ends when the limit is known to this share of itself. */
const RESOLUTION = 0.04
const LEAST = 10

export class Bisection {
  readonly #most: number
  #next: number
  #holds = 0
  #fails: number | undefined

  /** @param most rooms that the servers accept */
  constructor(start: number, most: number) {
    this.#next = Math.min(start, most)
    this.#most = most
  }

  /** Rooms to measure next; undefined: the limit is known. */
  get next(): number | undefined {
    const { step } = this
    return step < LEAST || this.#holds >= this.#most ? undefined : this.#next
  }

  /** Rooms between what holds and what fails. */
  get step(): number {
    if (this.#fails === undefined) return this.#next
    const gap = this.#fails - this.#holds
    return gap <= Math.max(LEAST, this.#holds * RESOLUTION) ? 0 : gap
  }

  /** The largest number that has held; 0: none. */
  get limit(): number {
    return this.#holds
  }

  tell(rooms: number, holds: boolean): void {
    if (holds) this.#holds = Math.max(this.#holds, rooms)
    else this.#fails = Math.min(this.#fails ?? rooms, rooms)
    if (this.#fails === undefined) this.#next = Math.min(this.#most, rooms * 2)
    // Multiples of ten: nobody remembers a limit of 517 rooms.
    else this.#next = Math.max(LEAST, Math.round((this.#holds + this.#fails) / 20) * 10)
  }
}
