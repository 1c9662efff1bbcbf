// Commits lines without a pending commit request: at most one timer runs, started by the first uncommitted line.
import { MAX_UNCOMMITTED_MS } from './sink.ts'

export class CommitTimer {
  readonly #commit: () => Promise<void>
  #timer: NodeJS.Timeout | undefined

  /** @param commit must handle its own failure; a rejection is dropped */
  constructor(commit: () => Promise<void>) {
    this.#commit = commit
  }

  /** A line was appended: it is committed within MAX_UNCOMMITTED_MS. */
  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#commit().catch(() => undefined)
    }, MAX_UNCOMMITTED_MS)
  }

  /** Everything appended so far is being committed. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
