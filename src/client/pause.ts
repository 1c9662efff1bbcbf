// Waiting, and how long to wait before another try.

/** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (signal?.aborted) {
    reject(signal.reason)
    return promise
  }
  const leave = (): void => {
    clearTimeout(timer)
    reject(signal?.reason)
  }
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', leave)
    resolve()
  }, ms)
  signal?.addEventListener('abort', leave, { once: true })
  return promise
}

export interface Backoff {
  /** Milliseconds before the first repetition; doubles from there. */
  readonly firstMs: number
  readonly longestMs: number
}

/**
 * Milliseconds before a repetition: between half and all of a span that doubles, so that clients of a server that comes
 * back do not all come at once.
 * @param attempt from 0
 */
export function backoffMs({ firstMs, longestMs }: Backoff, attempt: number, draw = Math.random()): number {
  const span = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30))
  return span / 2 + (span / 2) * draw
}
