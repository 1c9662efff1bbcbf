// Retries failures that may be temporary, with growing waits; a Retry-After of the endpoint is honoured.
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { ModelClient } from './client.ts'

export interface RetryPolicy {
  /** Maximum number of attempts, 1 or more. */
  readonly attempts: number
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly firstWaitMs: number
  /** Maximum wait in milliseconds; an endpoint that asks for more is not retried. */
  readonly longestWaitMs: number
}

export const RETRY_POLICY: RetryPolicy = { attempts: 3, firstWaitMs: 500, longestWaitMs: 60_000 }

const WORTH_ANOTHER_TRY: readonly ErrorCode[] = ['MODEL_UNAVAILABLE', 'MODEL_TIMEOUT', 'MODEL_BUSY']

type Wait = (ms: number, signal: AbortSignal | undefined) => Promise<void>

/** @param wait for tests; it rejects when the signal is aborted */
export function withRetries(inner: ModelClient, policy: RetryPolicy = RETRY_POLICY, wait: Wait = sleep): ModelClient {
  return {
    async complete(request, options) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await inner.complete(request, options)
        } catch (error) {
          const pause = pauseAfter(error, attempt, policy)
          if (pause === undefined || options?.signal?.aborted) throw error
          await wait(pause, options?.signal)
        }
      }
    },
  }
}

/** Milliseconds to wait after a failed attempt (counted from 1); undefined: give up. */
function pauseAfter(error: unknown, attempt: number, policy: RetryPolicy): number | undefined {
  if (attempt >= policy.attempts) return undefined
  if (!(error instanceof AppError) || !WORTH_ANOTHER_TRY.includes(error.code)) return undefined
  const told = error.details?.retry_after_ms
  if (typeof told === 'number') return told <= policy.longestWaitMs ? told : undefined
  return Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (attempt - 1))
}
