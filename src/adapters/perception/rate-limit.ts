// Rate limits of one agent.
import type { Rate } from '../../lib/rate-bucket.ts'

/** Rates of one agent. */
export interface RateLimits {
  readonly perceptions: Rate
  readonly commands: Rate
}

export const RATE_LIMITS: RateLimits = {
  perceptions: { perSecond: 50_000, burst: 100_000 },
  commands: { perSecond: 100, burst: 200 },
}
