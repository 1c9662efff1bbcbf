// Rate limits of HTTP routes: requests of one key, or of one address where no key is sent, in a window of a minute.
import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { hashSecret, readBearer } from './credentials.ts'

export interface RateLimitSettings {
  /** Requests per minute and caller for routes without a limit of their own. */
  readonly perMinute: number
  /** Callers without the general limit, such as programs on this machine. Limits of single routes still hold. */
  isExempt(request: FastifyRequest): boolean
}

const WINDOW_MS = 60_000
/** Callers that are remembered; the least recently seen is forgotten first. */
const MAX_CALLERS = 20_000

/** Installs the general limit. Register it before the routes. */
export async function installRateLimit(app: FastifyInstance, settings: RateLimitSettings): Promise<void> {
  await app.register(rateLimit, {
    ...limitOf(settings.perMinute),
    cache: MAX_CALLERS,
    allowList: (request) => settings.isExempt(request),
  })
}

/**
 * The limit of one route, for its `config`: `{ config: { rateLimit: routeLimit(10) } }`.
 * @param by who is counted: `caller` is the key, or the address without one; `address` ignores keys
 */
export function routeLimit(perMinute: number, by: 'caller' | 'address' = 'caller'): RateLimitOptions {
  return {
    ...limitOf(perMinute),
    ...(by === 'address' ? { keyGenerator: (request: FastifyRequest) => request.ip } : {}),
    allowList: [],
  }
}

function limitOf(perMinute: number): RateLimitOptions {
  return {
    max: perMinute,
    timeWindow: WINDOW_MS,
    keyGenerator: callerKey,
    // The error goes to the error handler of the route, and so gets the shape of its API.
    errorResponseBuilder: (_request, { ttl }) => {
      const retry_after_s = Math.max(1, Math.ceil(ttl / 1000))
      return new AppError('RATE_LIMITED', `Too many requests; try again in ${retry_after_s} s.`, {
        details: { retry_after_s },
      })
    },
  }
}

/** Keys are hashed: the table of callers must not hold secrets. */
function callerKey(request: FastifyRequest): string {
  const key = readBearer(request.headers)
  return key === undefined ? request.ip : `key:${hashSecret(key)}`
}
