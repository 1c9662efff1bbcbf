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

/** One effect under way. */
interface InFlight {
  isCancelled: boolean
  /** Of the attempt under way: one controller each, since combining signals costs more than a quick effect does. */
  attempt: AbortController
}

export class Effects {
  readonly #workers: Readonly<Record<string, EffectWorker>>
  readonly #limits: EffectLimits
  readonly #clock: Clock
  readonly #onReply: (reply: EffectReply) => void
  readonly #queue: EffectRequest[] = []
  readonly #under = new Map<string, InFlight>()
  #isOver = false

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
    const under = this.#under.get(id)
    if (under) stop(under)
  }

  /** Stops everything; nothing is replied to any more. */
  cancelAll(): void {
    this.#isOver = true
    this.#queue.length = 0
    for (const under of this.#under.values()) stop(under)
  }

  #pull(): void {
    while (!this.#isOver && this.#under.size < this.#limits.concurrency) {
      const effect = this.#queue.shift()
      if (!effect) return
      const under: InFlight = { isCancelled: false, attempt: new AbortController() }
      this.#under.set(effect.id, under)
      void this.#perform(effect, under).then((reply) => {
        this.#under.delete(effect.id)
        if (this.#isOver) return
        if (!under.isCancelled) this.#onReply(reply)
        this.#pull()
      })
    }
  }

  async #perform(effect: EffectRequest, under: InFlight): Promise<EffectReply> {
    const worker = Object.hasOwn(this.#workers, effect.kind) ? this.#workers[effect.kind] : undefined
    if (!worker) return failure(effect, 'NO_WORKER', `nothing here performs effects of kind ${effect.kind}`)
    for (let attempt = 1; ; attempt++) {
      const result = await this.#attempt(worker, effect, under)
      if (result.ok || attempt >= this.#limits.attempts || under.isCancelled) return result
      under.attempt = new AbortController()
      await this.#wait(this.#limits.backoffMs * 2 ** (attempt - 1), under.attempt.signal)
      if (under.isCancelled) return result
    }
  }

  async #attempt(worker: EffectWorker, effect: EffectRequest, under: InFlight): Promise<EffectReply> {
    const { attempt } = under
    const { timeoutMs } = this.#limits
    const done = Promise.withResolvers<EffectReply>()
    const cancel = this.#clock.after(timeoutMs, () => {
      done.resolve(failure(effect, 'TIMEOUT', `no answer within ${timeoutMs} ms`))
      attempt.abort()
    })
    try {
      worker(effect.request, attempt.signal).then(
        (value) => done.resolve({ ok: true, effect: effect.id, value }),
        (error: unknown) =>
          done.resolve(failure(effect, 'FAILED', error instanceof Error ? error.message : String(error))),
      )
      return await done.promise
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

function stop(under: InFlight): void {
  under.isCancelled = true
  under.attempt.abort()
}

function failure(effect: EffectRequest, code: string, message: string): EffectReply {
  return { ok: false, effect: effect.id, code, message: message.slice(0, 500) }
}
