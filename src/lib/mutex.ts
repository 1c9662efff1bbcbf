// Mutual exclusion among asynchronous tasks of one process, first come first served.

export class Mutex {
  #tail: Promise<void> = Promise.resolve()

  /** Resolves with the function that releases the lock; a second call has no effect. */
  async lock(): Promise<() => void> {
    const before = this.#tail
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tail = promise
    await before
    return resolve
  }

  /** Runs `work` while holding the lock, and releases the lock in any case. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const unlock = await this.lock()
    try {
      return await work()
    } finally {
      unlock()
    }
  }
}
