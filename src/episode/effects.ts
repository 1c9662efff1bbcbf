// Performs the effects that worlds request, with limits on concurrency, time and attempts, and cancels them when the
// episode ends.
import type { EffectReply, EffectRequest } from '../protocol/episode.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Clock } from './clock.ts'

/** Does the work of one kind of effect. It must honour the signal. */
export type EffectWorker = (request: JsonValue, signal: AbortSignal) => Promise<JsonValue>

export interface EffectLimits {
  /** Maximum concurrent effects of one episode. */
  readonly concurrency: number
  /** Time limit of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /** Maximum number of attempts. */
  readonly attempts: number
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly backoffMs: number
}

export const EFFECT_LIMITS: EffectLimits = { concurrency: 4, timeoutMs: 60_000, attempts: 3, backoffMs: 250 }

/** One effect in progress. */
interface RunningEffect {
  isCancelled: boolean
  /** Controller of the current attempt: one per attempt, since combining signals costs more than a quick effect. */
  attempt: AbortController
}

export class Effects {
  readonly #workers: Readonly<Record<string, EffectWorker>>
  readonly #limits: EffectLimits
  readonly #clock: Clock
  readonly #onReply: (reply: EffectReply) => void
  readonly #queue: EffectRequest[] = []
  readonly #running = new Map<string, RunningEffect>()
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

  /** Starts the work. `onReply` is called exactly once, also after a failure. */
  start(effect: EffectRequest): void {
    this.#queue.push(effect)
    this.#pull()
  }

  /** Stops one effect. No reply follows. */
  cancel(id: string): void {
    const waiting = this.#queue.findIndex((effect) => effect.id === id)
    if (waiting >= 0) this.#queue.splice(waiting, 1)
    const running = this.#running.get(id)
    if (running) stop(running)
  }

  /** Stops all effects. No replies follow. */
  cancelAll(): void {
    this.#isOver = true
    this.#queue.length = 0
    for (const running of this.#running.values()) stop(running)
  }

  #pull(): void {
    while (!this.#isOver && this.#running.size < this.#limits.concurrency) {
      const effect = this.#queue.shift()
      if (!effect) return
      const running: RunningEffect = { isCancelled: false, attempt: new AbortController() }
      this.#running.set(effect.id, running)
      void this.#perform(effect, running).then((reply) => {
        this.#running.delete(effect.id)
        if (this.#isOver) return
        if (!running.isCancelled) this.#onReply(reply)
        this.#pull()
      })
    }
  }

  async #perform(effect: EffectRequest, running: RunningEffect): Promise<EffectReply> {
    const worker = Object.hasOwn(this.#workers, effect.kind) ? this.#workers[effect.kind] : undefined
    if (!worker) return failure(effect, 'NO_WORKER', `no worker performs effects of kind ${effect.kind}`)
    for (let attempt = 1; ; attempt++) {
      const result = await this.#attempt(worker, effect, running)
      if (result.ok || attempt >= this.#limits.attempts || running.isCancelled) return result
      running.attempt = new AbortController()
      await this.#wait(this.#limits.backoffMs * 2 ** (attempt - 1), running.attempt.signal)
      if (running.isCancelled) return result
    }
  }

  async #attempt(worker: EffectWorker, effect: EffectRequest, running: RunningEffect): Promise<EffectReply> {
    const { attempt } = running
    const { timeoutMs } = this.#limits
    const done = Promise.withResolvers<EffectReply>()
    const cancel = this.#clock.after(timeoutMs, () => {
      done.resolve(failure(effect, 'TIMEOUT', `no answer within ${timeoutMs} ms`))
      attempt.abort()
    })
    try {
      // A separate function, so that a worker that throws synchronously fails like one that rejects.
      const answer = async (): Promise<JsonValue> => worker(effect.request, attempt.signal)
      answer().then(
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

function stop(running: RunningEffect): void {
  running.isCancelled = true
  running.attempt.abort()
}

function failure(effect: EffectRequest, code: string, message: string): EffectReply {
  return { ok: false, effect: effect.id, code, message: message.slice(0, 500) }
}
