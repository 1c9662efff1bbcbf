// Group commit: while one write is under way, further callers share the next one.

export class GroupCommit {
  readonly #write: () => Promise<void>
  /** The write under way, and the one that will take what gathers meanwhile. */
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** @param write makes durable everything gathered up to its call */
  constructor(write: () => Promise<void>) {
    this.#write = write
  }

  /** Resolves once everything gathered before the call is durable; rejects when its write fails. */
  commit(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#running.then(
      () => this.#follow(),
      () => this.#follow(),
    )
    return this.#next
  }

  #start(): Promise<void> {
    const running = this.#write().finally(() => {
      this.#running = undefined
    })
    this.#running = running
    return running
  }

  #follow(): Promise<void> {
    this.#next = undefined
    return this.#start()
  }
}
