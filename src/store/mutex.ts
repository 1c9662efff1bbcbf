// One at a time, first come first served: SQLite has one connection, and a transaction on it is nobody else's.

export class Mutex {
  #tail: Promise<void> = Promise.resolve()

  /** Resolves with the function that lets the next one in. */
  async lock(): Promise<() => void> {
    const before = this.#tail
    let unlock = (): void => undefined
    this.#tail = new Promise<void>((resolve) => {
      unlock = resolve
    })
    await before
    return unlock
  }
}
