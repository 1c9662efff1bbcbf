// Who calls a session route, and how often.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isSameToken } from '../../episode/slots.ts'
import { AppError } from '../../kernel/errors.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import { hashAccessKey } from '../../store/people/access-key.ts'
import { noSession, SessionApiError, unauthorized } from './failures.ts'
import type { SessionServices } from './services.ts'

/** The key of the Authorization header. */
export function bearerOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization
  const match = header === undefined ? null : /^Bearer +(\S+) *$/i.exec(header)
  return match?.[1]
}

/**
 * The player whose key it is.
 * @throws SessionApiError 401
 */
export async function requirePlayer(services: SessionServices, key: string | undefined | null): Promise<string> {
  const player = key === undefined || key === null ? undefined : await services.players.findByKey(key)
  if (!player) throw unauthorized()
  return player.playerId
}

/** The player in standard mode; null where everybody plays without a name. */
export async function credentialsOf(services: SessionServices, request: FastifyRequest): Promise<string | null> {
  return services.mode === 'free_play' ? null : requirePlayer(services, bearerOf(request))
}

export const SessionIdParams = z.strictObject({ id: z.string().min(1).max(100) })

/** How a session stands for whoever asks; one that ended by a fault is closed. */
export function entryStatus(status: SessionHeader['status']): 'active' | 'paused' | 'closed' {
  return status === 'error' ? 'closed' : status
}

/**
 * The header of a session of the caller.
 * @param playerId null: everybody's, in free play
 * @throws SessionApiError 404, for another's session too
 */
export async function ownHeader(
  services: SessionServices,
  id: string,
  playerId: string | null,
): Promise<SessionHeader> {
  const header = await services.log.header(id)
  if (!header || (playerId !== null && header.player_id !== playerId)) throw noSession(id)
  return header
}

/** @throws SessionApiError 409 in free play */
export function requireStandard(services: SessionServices): void {
  if (services.mode === 'free_play') throw new SessionApiError(409, 'Not available in free play mode')
}

/** @throws SessionApiError 401, 403 */
export function requireAdmin(services: SessionServices, request: FastifyRequest): void {
  const key = bearerOf(request)
  if (key === undefined) throw unauthorized()
  if (services.adminKeyHash === undefined || !isSameToken(hashAccessKey(key), services.adminKeyHash)) {
    throw new SessionApiError(403, 'This needs the admin key of the server')
  }
}

interface Bucket {
  left: number
  at: number
}

/** So many requests a minute from one address or player, and a burst of as many. Forgets who has been quiet. */
export class Throttle {
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** One for a house; in a house without limits it lets everybody through. */
  static of(services: Pick<SessionServices, 'hasRateLimits'>, perMinute: number): Throttle {
    return new Throttle(services.hasRateLimits ? perMinute : Number.POSITIVE_INFINITY)
  }

  /** @throws AppError RATE_LIMITED with `details.retry_after_s` */
  take(who: string, now: number): void {
    if (this.#perMinute === Number.POSITIVE_INFINITY) return
    const bucket = this.#buckets.get(who) ?? { left: this.#perMinute, at: now }
    bucket.left = Math.min(this.#perMinute, bucket.left + ((now - bucket.at) / 60_000) * this.#perMinute)
    bucket.at = now
    // Set anew, so that the oldest stand first.
    this.#buckets.delete(who)
    this.#buckets.set(who, bucket)
    if (this.#buckets.size > MAX_KNOWN) this.#forget()
    if (bucket.left < 1) {
      const retry_after_s = Math.ceil(((1 - bucket.left) / this.#perMinute) * 60)
      throw new AppError('RATE_LIMITED', `Too many requests; try again in ${retry_after_s} s`, {
        details: { retry_after_s },
      })
    }
    bucket.left--
  }

  #forget(): void {
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}

/** Callers that are remembered. */
const MAX_KNOWN = 10_000
