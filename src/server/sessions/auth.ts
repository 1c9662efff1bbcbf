// Authentication of session routes.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SessionHeader } from '../../protocol/session.ts'
import { hashAccessKey } from '../../store/people/access-key.ts'
import { isSameSecret, readBearer } from '../../transport/credentials.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { noSession, unauthorized } from './failures.ts'
import type { SessionServices } from './services.ts'

/** The key of the Authorization header. */
export const bearerOf = (request: FastifyRequest): string | undefined => readBearer(request.headers)

/**
 * The player of a key.
 * @throws ApiRefusal 401
 */
export async function requirePlayer(services: SessionServices, key: string | undefined | null): Promise<string> {
  const player = key === undefined || key === null ? undefined : await services.players.findByKey(key)
  if (!player) throw unauthorized()
  return player.playerId
}

/** The player in standard mode; null in free play. */
export async function credentialsOf(services: SessionServices, request: FastifyRequest): Promise<string | null> {
  return services.mode === 'free_play' ? null : requirePlayer(services, bearerOf(request))
}

export const SessionIdParams = z.strictObject({ id: z.string().min(1).max(100) })

/**
 * The header of a session of the caller.
 * @param playerId null: everybody's, in free play
 * @throws ApiRefusal 404, for another's session too
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

/** @throws ApiRefusal 409 in free play */
export function requireStandard(services: SessionServices): void {
  if (services.mode === 'free_play') throw new ApiRefusal(409, 'Not available in free play mode')
}

/** @throws ApiRefusal 401, 403 */
export function requireAdmin(services: SessionServices, request: FastifyRequest): void {
  const key = bearerOf(request)
  if (key === undefined) throw unauthorized()
  if (services.adminKeyHash === undefined || !isSameSecret(hashAccessKey(key), services.adminKeyHash)) {
    throw new ApiRefusal(403, 'This needs the admin key of the server')
  }
}
