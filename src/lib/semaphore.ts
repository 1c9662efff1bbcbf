// Lets a fixed number of asynchronous tasks of one process run at once; the others wait, first come first served.

export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  /** @param atOnce number of tasks that run at the same time, 1 or more */
  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Number of tasks that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `work` when its turn has come, and passes the turn on in any case. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
