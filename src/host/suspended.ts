// Episodes that had to stop because the storage refused writes. They are resumed once it takes writes again, however often
// it changes its mind.
import { AppError } from '../kernel/errors.ts'
import { errnoOf } from '../lib/files.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { Log } from './log.ts'

/** Milliseconds between two attempts. */
const RETRY_MS = 1000

interface Options {
  /** Makes the storage take writes again. Rejects while it refuses them. */
  reopen(): Promise<void>
  /** Resumes episodes. One that the storage stops again is added again. */
  resume(ids: readonly string[]): Promise<unknown>
  readonly log: Log
}

export class Suspended {
  readonly #options: Options
  /** Kept in memory: the index may be on the same disk. */
  readonly #summaries = new Map<string, EpisodeSummary>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
  }

  get size(): number {
    return this.#summaries.size
  }

  get(id: string): EpisodeSummary | undefined {
    return this.#summaries.get(id)
  }

  /** Adds an episode, and attempts to resume it in a moment. */
  add(summary: EpisodeSummary): void {
    this.#summaries.set(summary.id, { ...summary })
    this.#retryLater()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #retryLater(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    const retry = async (): Promise<void> => {
      await this.#retry()
      // Not before, so that no episode is resumed twice at the same time.
      this.#timer = undefined
      if (this.#summaries.size > 0) this.#retryLater()
    }
    this.#timer = setTimeout(() => void retry(), RETRY_MS)
  }

  async #retry(): Promise<void> {
    const { reopen, resume, log } = this.#options
    try {
      await reopen()
      log.info({}, 'storage.accepts_writes_again')
      const waiting = [...this.#summaries]
      await resume(waiting.map(([id]) => id))
      // One that was added again meanwhile waits further.
      for (const [id, summary] of waiting) if (this.#summaries.get(id) === summary) this.#summaries.delete(id)
    } catch (err) {
      log.error({ err }, 'storage.refuses_writes')
    }
  }
}

const STORAGE_CODES: ReadonlySet<string> = new Set(['STORE_FULL', 'STORE_UNAVAILABLE', 'STORE_BUSY', 'STORE_READ_ONLY'])
const STORAGE_ERRNOS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'])

/** Whether an error is a fault of the storage, which may pass, rather than of one episode. */
export function isStorageFault(error: unknown): boolean {
  if (!(error instanceof AppError)) return STORAGE_ERRNOS.has(errnoOf(error))
  return STORAGE_CODES.has(error.code) || STORAGE_ERRNOS.has(error.details?.errno)
}
