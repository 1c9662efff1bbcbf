// Finds the largest number of rooms that a server can handle: doubles from a start until it fails, or halves until it
// succeeds, then bisects.

/** Relative precision at which the search ends. */
const RESOLUTION = 0.04
const LEAST = 10

export class Bisection {
  readonly #most: number
  #next: number
  #holds = 0
  #fails: number | undefined

  /** @param most maximum number of rooms that the servers accept */
  constructor(start: number, most: number) {
    this.#next = Math.min(start, most)
    this.#most = most
  }

  /** Number of rooms to measure next; undefined once the limit is known. */
  get next(): number | undefined {
    const { step } = this
    return step < LEAST || this.#holds >= this.#most ? undefined : this.#next
  }

  /** Number of rooms between the last success and the first failure. */
  get step(): number {
    if (this.#fails === undefined) return this.#next
    const gap = this.#fails - this.#holds
    return gap <= Math.max(LEAST, this.#holds * RESOLUTION) ? 0 : gap
  }

  /** The largest number that succeeded; 0 if none did. */
  get limit(): number {
    return this.#holds
  }

  tell(rooms: number, holds: boolean): void {
    if (holds) this.#holds = Math.max(this.#holds, rooms)
    else this.#fails = Math.min(this.#fails ?? rooms, rooms)
    if (this.#fails === undefined) this.#next = Math.min(this.#most, rooms * 2)
    // Multiples of ten are easier to remember than 517.
    else this.#next = Math.max(LEAST, Math.round((this.#holds + this.#fails) / 20) * 10)
  }
}
