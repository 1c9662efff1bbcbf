// The adapter's own form of a failure: `{error: {code, message, details, timestamp}}`, with the statuses of the protocol.
import { AppError } from '../../kernel/errors.ts'
import type { PerceptionError } from '../../protocol/perception-adapter.ts'

export interface PerceptionFailure {
  /** HTTP status. */
  readonly status: number
  readonly body: PerceptionError
  /** Seconds after which to try again, for the header. */
  readonly retryAfter?: number
}

/** Where the protocol fixes another status than the rest of paracosm has for the code. */
const STATUSES: Readonly<Record<string, number>> = {
  VALIDATION_ERROR: 400,
  JSON_MALFORMED: 400,
  // 409 asks a client to try again, which will not help here.
  EPISODE_OVER: 410,
}

/** Statuses after which trying again helps, with the seconds to wait. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 409: 1, 429: 1, 503: 1, 504: 1 }

/** The failure to show for anything thrown. What is no AppError is a bug, and tells nothing of itself. */
export function toPerceptionFailure(error: unknown, now: Date): PerceptionFailure {
  const isKnown = error instanceof AppError
  const status = isKnown ? (STATUSES[error.code] ?? error.status) : 500
  const retryAfter = RETRY_AFTER[status]
  return {
    status,
    body: {
      error: {
        code: isKnown ? error.code : 'INTERNAL_ERROR',
        message: isKnown ? error.message : 'Something went wrong here; it has been noted.',
        details: isKnown ? { ...error.details, hint: error.hint } : {},
        timestamp: now.toISOString(),
      },
    },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}
