// Group commit: while one write is in progress, all further callers share the next one.

export interface GroupCommitOptions {
  /**
   * After a failed write every commit rejects with its error, without another write, until `reset`. For writes whose
   * failure leaves the contents of the disk unknown. Default false: the next commit tries again.
   */
  readonly latch?: boolean
}

export class GroupCommit {
  readonly #write: () => Promise<void>
  readonly #isLatching: boolean
  /** The write in progress, and the next one, which takes what gathers in the meantime. */
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** @param write makes durable everything gathered up to its call */
  constructor(write: () => Promise<void>, { latch = false }: GroupCommitOptions = {}) {
    this.#write = write
    this.#isLatching = latch
  }

  /** Whether a failure is latched: nothing is acknowledged until `reset`. */
  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Resolves once everything gathered before the call is durable; rejects when its write fails, or a latch stands. */
  commit(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#running.then(
      () => this.#follow(),
      () => this.#follow(),
    )
    return this.#next
  }

  /** Lifts the latch: for an owner that has repaired or replaced what it writes to. */
  reset(): void {
    this.#failure = undefined
  }

  #start(): Promise<void> {
    const running = this.#attempt().finally(() => {
      this.#running = undefined
    })
    this.#running = running
    return running
  }

  async #attempt(): Promise<void> {
    if (this.#failure) throw this.#failure.error
    try {
      await this.#write()
    } catch (error) {
      // Set before the callers are informed, so that every caller finds the latch closed.
      if (this.#isLatching) this.#failure = { error }
      throw error
    }
  }

  #follow(): Promise<void> {
    this.#next = undefined
    return this.#start()
  }
}
