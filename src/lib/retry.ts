// Retries with a bounded number of attempts and waits that double up to a cap.
import { sleep } from './sleep.ts'

export interface Backoff {
  /** Milliseconds before the first repetition; doubles from there. */
  readonly firstMs: number
  /** The longest wait, in milliseconds. */
  readonly longestMs: number
}

/**
 * Milliseconds before a repetition: between half and all of a span that doubles, so that the clients of a restarted
 * server do not all reconnect at once.
 * @param attempt from 0
 * @param draw from 0 to 1
 */
export function backoffMs({ firstMs, longestMs }: Backoff, attempt: number, draw = Math.random()): number {
  const span = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30))
  return span / 2 + (span / 2) * draw
}

export interface RetryOptions extends Backoff {
  /** Maximum number of attempts, 1 or more. */
  readonly attempts: number
  /** Whether an error is worth another attempt. Default: every error is. */
  readonly shouldRetry?: (error: unknown, attempt: number) => boolean
  /** Ends the waits between attempts; the work must heed it itself. */
  readonly signal?: AbortSignal
}

/**
 * The first result of `work`. When attempts are used up, or an error is not worth another, the last error is thrown.
 * @param work gets the number of the attempt, from 0
 * @throws the signal's reason when it is aborted before an attempt
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, shouldRetry = () => true, signal } = options
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      return await work(attempt)
    } catch (error) {
      if (attempt + 1 >= attempts || !shouldRetry(error, attempt)) throw error
    }
    await sleep(backoffMs(options, attempt), signal)
  }
}
