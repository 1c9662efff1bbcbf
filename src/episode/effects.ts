// Carries out what worlds ask the outside for: with a limit on how many at once, a time limit for each attempt, a few
// attempts, and cancellation when the episode ends.
import type { EffectReply, EffectRequest } from '../protocol/episode.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Clock } from './clock.ts'

/** Does the work of one kind of effect. It must honour the signal. */
export type EffectWorker = (request: JsonValue, signal: AbortSignal) => Promise<JsonValue>

export interface EffectLimits {
  /** At once, in one episode. */
  readonly concurrency: number
  /** Milliseconds an attempt may take. */
  readonly timeoutMs: number
  /** How often it is tried in all. */
  readonly attempts: number
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly backoffMs: number
}

export const EFFECT_LIMITS: EffectLimits = { concurrency: 4, timeoutMs: 60_000, attempts: 3, backoffMs: 250 }

export class Effects {
  readonly #workers: Readonly<Record<string, EffectWorker>>
  readonly #limits: EffectLimits
  readonly #clock: Clock
  readonly #onReply: (reply: EffectReply) => void
  readonly #abort = new AbortController()
  readonly #queue: EffectRequest[] = []
  /** What stops each effect under way. */
  readonly #under = new Map<string, AbortController>()
  #running = 0

  constructor(options: {
    readonly workers: Readonly<Record<string, EffectWorker>>
    readonly limits: EffectLimits
    readonly clock: Clock
    readonly onReply: (reply: EffectReply) => void
  }) {
    this.#workers = options.workers
    this.#limits = options.limits
    this.#clock = options.clock
    this.#onReply = options.onReply
  }

  /** Begins the work; its reply comes through `onReply`, whatever happens. */
  start(effect: EffectRequest): void {
    this.#queue.push(effect)
    this.#pull()
  }

  /** Stops one effect; it is not replied to any more. */
  cancel(id: string): void {
    const waiting = this.#queue.findIndex((effect) => effect.id === id)
    if (waiting >= 0) this.#queue.splice(waiting, 1)
    this.#under.get(id)?.abort()
  }

  /** Stops everything; nothing is replied to any more. */
  cancelAll(): void {
    this.#queue.length = 0
    this.#abort.abort()
  }

  #pull(): void {
    while (this.#running < this.#limits.concurrency) {
      const effect = this.#queue.shift()
      if (!effect) return
      this.#running++
      const own = new AbortController()
      this.#under.set(effect.id, own)
      void this.#perform(effect, AbortSignal.any([this.#abort.signal, own.signal])).then((reply) => {
        this.#running--
        this.#under.delete(effect.id)
        if (this.#abort.signal.aborted) return
        if (!own.signal.aborted) this.#onReply(reply)
        this.#pull()
      })
    }
  }

  async #perform(effect: EffectRequest, signal: AbortSignal): Promise<EffectReply> {
    const worker = Object.hasOwn(this.#workers, effect.kind) ? this.#workers[effect.kind] : undefined
    if (!worker) return failure(effect, 'NO_WORKER', `nothing here performs effects of kind ${effect.kind}`)
    let last = failure(effect, 'FAILED', 'not attempted')
    for (let attempt = 0; attempt < this.#limits.attempts; attempt++) {
      if (attempt > 0) await this.#wait(this.#limits.backoffMs * 2 ** (attempt - 1), signal)
      if (signal.aborted) return last
      const result = await this.#attempt(worker, effect, signal)
      if (result.ok) return result
      last = result
    }
    return last
  }

  async #attempt(worker: EffectWorker, effect: EffectRequest, outer: AbortSignal): Promise<EffectReply> {
    const limit = new AbortController()
    const signal = AbortSignal.any([outer, limit.signal])
    const { timeoutMs } = this.#limits
    const late = Promise.withResolvers<EffectReply>()
    const cancel = this.#clock.after(timeoutMs, () => {
      limit.abort()
      late.resolve(failure(effect, 'TIMEOUT', `no answer within ${timeoutMs} ms`))
    })
    try {
      const work = worker(effect.request, signal).then(
        (value): EffectReply => ({ ok: true, effect: effect.id, value }),
        (error: unknown) => failure(effect, 'FAILED', error instanceof Error ? error.message : String(error)),
      )
      return await Promise.race([work, late.promise])
    } finally {
      cancel()
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(ms, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
    return promise
  }
}

function failure(effect: EffectRequest, code: string, message: string): EffectReply {
  return { ok: false, effect: effect.id, code, message: message.slice(0, 500) }
}
