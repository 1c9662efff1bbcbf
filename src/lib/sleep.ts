// Waiting that an AbortSignal can end.

/**
 * Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. Its listener is removed
 * in both cases, so that one signal can serve many waits.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }, ms)
    signal?.addEventListener('abort', leave, { once: true })
  })
}
