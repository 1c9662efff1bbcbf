// How much one agent may ask for: buckets of tokens that fill at a steady rate.

export interface Rate {
  /** Requests a second, in the long run. */
  readonly perSecond: number
  /** Requests that may come at once after a rest. */
  readonly burst: number
}

/** Rates of one agent. */
export interface RateLimits {
  readonly perceptions: Rate
  readonly commands: Rate
}

export const RATE_LIMITS: RateLimits = {
  perceptions: { perSecond: 50_000, burst: 100_000 },
  commands: { perSecond: 100, burst: 200 },
}

export class Bucket {
  readonly #rate: Rate
  #left: number
  #at: number

  /** @param now milliseconds of a clock that never goes back */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#left = rate.burst
    this.#at = now
  }

  /** Takes one; false: there is none left now. */
  take(now: number): boolean {
    const { perSecond, burst } = this.#rate
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
