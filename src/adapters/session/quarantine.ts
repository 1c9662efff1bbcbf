// Sessions that cannot be opened: their row has the reason, and the sweep retries at growing intervals.
import type { Clock } from '../../episode/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import { isPassing } from '../../transport/errors.ts'

interface QuarantineOptions {
  readonly log: SessionLog
  readonly clock: Clock
  readonly onFault: (what: string, error: unknown) => void
}

/** First and maximum delay before the sweep retries, in milliseconds. */
const FIRST_RETRY_MS = 60_000
const MAX_RETRY_MS = 24 * 3600 * 1000
/** Maximum characters of a stored reason. */
const MAX_MESSAGE = 500

export class Quarantine {
  readonly #options: QuarantineOptions

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  /**
   * Records why a session could not be opened. Never rejects.
   * @param attempts number of earlier failures
   */
  async put(id: string, error: unknown, attempts: number): Promise<void> {
    if (await this.endIfFailed(id, error)) return
    const { log, clock, onFault } = this.#options
    const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE)
    const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20))
    await log
      .quarantine(id, { code, message }, clock.wall() + waitMs)
      .catch((fault: unknown) => onFault('session.quarantine_failed', fault))
  }

  /** A session that could be opened after all. Never rejects. */
  async clear(id: string): Promise<void> {
    const { log, onFault } = this.#options
    await log.clearFault(id).catch((error: unknown) => onFault('session.quarantine_failed', error))
  }

  /** Ends a session whose episode has failed or is over: it would fail again. Never rejects. */
  async endIfFailed(id: string, error: unknown): Promise<boolean> {
    if (!(error instanceof AppError) || (error.code !== 'EPISODE_FAILED' && error.code !== 'EPISODE_OVER')) return false
    const { log, onFault } = this.#options
    await log.end(id, 'server_error', 'error').catch((fault: unknown) => onFault('session.quarantine_failed', fault))
    return true
  }
}

/** Maximum length of a chain of causes. Longer ones are cycles or bugs. */
const MAX_CAUSES = 5

/** Whether the store is what failed, and not the session: a later attempt may succeed. */
export function isStoreFault(error: unknown): boolean {
  if (isPassing(error)) return true
  let at = error
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth++) {
    if (at instanceof AppError && at.code.startsWith('STORE_') && at.code !== 'STORE_CORRUPT') return true
    at = at.cause
  }
  return false
}
