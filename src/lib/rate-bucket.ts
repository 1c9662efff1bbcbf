// Token buckets: a steady rate with a burst after a rest, for one user or for many by key.

export interface Rate {
  /** Sustained requests per second; Infinity: no limit. */
  readonly perSecond: number
  /** Requests that may come at once after a rest, 1 or more. */
  readonly burst: number
}

/** Tolerance for sums of fractions. */
const ROUNDING = 1e-9

export class RateBucket {
  readonly #rate: Rate
  #left: number
  #at: number

  /** @param now milliseconds of a clock that never goes back, here and in `take` */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#left = rate.burst
    this.#at = now
  }

  /** Takes one token. Returns 0, or the whole milliseconds until the next token; then nothing was taken. */
  take(now: number): number {
    const { perSecond, burst } = this.#rate
    if (perSecond === Number.POSITIVE_INFINITY) return 0
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#at) / 1000) * perSecond)
    this.#at = now
    if (this.#left < 1 - ROUNDING) return Math.ceil(((1 - this.#left) / perSecond) * 1000)
    this.#left--
    return 0
  }
}

export interface KeyedRate extends Rate {
  /** Maximum number of keys; beyond it, the key that was idle longest is forgotten. */
  readonly maxKeys: number
}

/** One bucket per key, such as an address or an account. Memory is bounded by `maxKeys`. */
export class RateBuckets {
  readonly #rate: KeyedRate
  readonly #buckets = new Map<string, RateBucket>()

  constructor(rate: KeyedRate) {
    this.#rate = rate
  }

  /** Takes one token of a key. Returns 0, or the milliseconds until it has one again. */
  take(key: string, now: number): number {
    const bucket = this.#buckets.get(key) ?? new RateBucket(this.#rate, now)
    // Reinserted: maps keep insertion order, so the key that was idle longest comes first.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [quietest] = this.#buckets.keys()
    if (this.#buckets.size > this.#rate.maxKeys && quietest !== undefined) this.#buckets.delete(quietest)
    return bucket.take(now)
  }
}
