// The choices before a session, and its start.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { planSession, setupOf } from '../../adapters/session/plan.ts'
import { RateBuckets } from '../../lib/rate-bucket.ts'
import { HttpError, PlayRequest, PlayStarted, Setup } from '../../protocol/session.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { tooMany } from '../../transport/rate-limit.ts'
import { bearerOf, credentialsOf, requirePlayer } from './auth.ts'
import type { SessionServices } from './services.ts'

/** Sessions that one player (or address, in free play) may start per minute. */
const STARTS = 120
/** Maximum number of tracked players and addresses. */
const MAX_STARTERS = 10_000

export const wsPathOf = (sessionId: string): string => `/api/play/game/${sessionId}/ws`

export const playRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const perSecond = services.hasRateLimits ? STARTS / 60 : Number.POSITIVE_INFINITY
  const starts = new RateBuckets({ perSecond, burst: STARTS, maxKeys: MAX_STARTERS })
  app.get(
    '/api/play/setup/:game_name',
    {
      schema: {
        summary: 'Characters that can be played and met in a game',
        tags: ['play'],
        params: z.strictObject({ game_name: z.string().max(200) }),
        response: { 200: Setup, '4xx': HttpError },
      },
    },
    async (request) => {
      const playerId = await credentialsOf(services, request)
      if (playerId !== null && (await services.isParticipant(playerId))) {
        throw new ApiRefusal(403, 'Participants of a study play through their study')
      }
      return setupOf(services.games.require(request.params.game_name), await services.roster())
    },
  )
  app.post(
    '/api/play/game',
    {
      schema: {
        summary: 'Start a session',
        tags: ['play'],
        body: PlayRequest,
        response: { 200: PlayStarted, '4xx': HttpError, '5xx': HttpError },
      },
    },
    async (request) => {
      const { api_key, game, pc_choice, npc_choice, source, overrides } = request.body
      const playerId =
        services.mode === 'free_play' ? null : await requirePlayer(services, api_key ?? bearerOf(request))
      if (playerId !== null && (await services.isParticipant(playerId))) {
        throw new ApiRefusal(403, 'Participants of a study play through their study')
      }
      const waitMs = starts.take(playerId ?? request.ip, performance.now())
      if (waitMs > 0) throw tooMany(waitMs)
      const wanted = { game, pc: pc_choice, npc: npc_choice, overrides, source, playerId }
      const plan = planSession(services.games, wanted, await services.roster())
      const { session_id: id } = await services.registry.create(plan)
      return { session_id: id, status: 'active' as const, ws_path: wsPathOf(id) }
    },
  )
  done()
}
