// Limits concurrent calls. Further calls wait in a bounded queue.
import { AppError } from '../kernel/errors.ts'
import type { ModelClient } from './client.ts'

/** Maximum number of waiting calls. */
const MAX_WAITING = 10_000

interface Waiting {
  readonly go: () => void
  readonly signal: AbortSignal | undefined
}

/** @param atOnce number of concurrent calls, 1 or more */
export function withQueue(inner: ModelClient, atOnce: number): ModelClient {
  const waiting: Waiting[] = []
  let running = 0
  const turn = (signal: AbortSignal | undefined): Promise<void> => {
    if (running < atOnce) {
      running++
      return Promise.resolve()
    }
    if (waiting.length >= MAX_WAITING) {
      return Promise.reject(new AppError('MODEL_BUSY', `${MAX_WAITING} calls are already waiting for the model`))
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const entry: Waiting = { go: resolve, signal }
    waiting.push(entry)
    const leave = (): void => {
      const at = waiting.indexOf(entry)
      if (at < 0) return
      waiting.splice(at, 1)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', leave, { once: true })
    return promise.finally(() => signal?.removeEventListener('abort', leave))
  }
  const done = (): void => {
    const next = waiting.shift()
    if (next) next.go()
    else running--
  }
  return {
    async complete(request, options) {
      options?.signal?.throwIfAborted()
      await turn(options?.signal)
      try {
        return await inner.complete(request, options)
      } finally {
        done()
      }
    },
  }
}
