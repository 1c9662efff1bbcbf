// Rate limits of HTTP routes by address. Keys are not counted before they are checked: a caller could escape the limit
// with a new made-up key for every request. Limits of known players use `RateBuckets` of src/lib.
import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'

export interface RateLimitSettings {
  /** Requests per minute and address for routes without a limit of their own. */
  readonly perMinute: number
  /** Requests without the general limit, such as those of programs on this machine. Limits of single routes hold. */
  isExempt(request: FastifyRequest): boolean
}

const WINDOW_MS = 60_000
/** Maximum number of tracked addresses; the least recently seen is forgotten first. */
const MAX_ADDRESSES = 20_000

/** Installs the general limit. Register it before the routes. */
export async function installRateLimit(app: FastifyInstance, settings: RateLimitSettings): Promise<void> {
  await app.register(rateLimit, {
    ...limitOf(settings.perMinute),
    cache: MAX_ADDRESSES,
    allowList: (request) => settings.isExempt(request),
  })
}

/** The limit of one route for every address, for its `config`: `{ config: { rateLimit: routeLimit(10) } }`. */
export function routeLimit(perMinute: number): RateLimitOptions {
  return { ...limitOf(perMinute), allowList: [] }
}

function limitOf(perMinute: number): RateLimitOptions {
  return {
    max: perMinute,
    timeWindow: WINDOW_MS,
    // The error goes to the error handler of the route, and so gets the shape of its API.
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  }
}

/** The refusal of a request above the limit. */
export function tooMany(waitMs: number): AppError {
  const retry_after_s = Math.max(1, Math.ceil(waitMs / 1000))
  return AppError.withoutStack('RATE_LIMITED', `Too many requests; try again in ${retry_after_s} s`, {
    details: { retry_after_s },
  })
}
