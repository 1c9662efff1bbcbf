// Registers the session API: its routes, with their own failure format, and the play socket.
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { MAX_RECEIVED_BYTES, PlaySocket } from '../../adapters/session/play-socket.ts'
import { AppError } from '../../kernel/errors.ts'
import { DETAIL_STYLE } from '../../transport/failure-styles.ts'
import type { RouteFailures } from '../../transport/fastify-failures.ts'
import { installJsonBody } from '../../transport/json-body.ts'
import type { UpgradeRoute } from '../../transport/upgrade-router.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { feedbackRoutes } from './feedback-routes.ts'
import { playRoutes } from './play-routes.ts'
import { playerRoutes } from './player-routes.ts'
import { createPlayHost, type SessionServices } from './services.ts'
import { afterRoutes } from './session-actions.ts'
import { sessionRoutes } from './session-routes.ts'
import { systemRoutes } from './system-routes.ts'

const ROUTES = [systemRoutes, playerRoutes, catalogueRoutes, playRoutes, sessionRoutes, feedbackRoutes, afterRoutes]

/** Path prefixes of this API. */
const AREAS = ['/api/sessions', '/api/play', '/api/player', '/api/games', '/api/characters', '/api/models'] as const

export async function registerSessionRoutes(
  app: FastifyInstance,
  services: SessionServices,
  failures: RouteFailures,
): Promise<void> {
  for (const prefix of AREAS) failures.claimArea(prefix, DETAIL_STYLE)
  await app.register((scope, _options, done) => {
    failures.installScope(scope, DETAIL_STYLE)
    installJsonBody(scope, { allowsEmpty: true })
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    for (const routes of ROUTES) void typed.register(routes, { services })
    done()
  })
}

/** Maximum length of a session id in a URL; ours have 36 characters. */
const MAX_ID = 100

/** The play socket. The contract answers bad keys and unknown sessions with a frame, after the handshake. */
export function playRoute(services: SessionServices): UpgradeRoute {
  const host = createPlayHost(services)
  return {
    pattern: '/api/play/game/:id/ws',
    style: DETAIL_STYLE,
    maxMessageBytes: MAX_RECEIVED_BYTES,
    // A key authenticates the caller, whatever page sends it. Free play has no keys.
    origins: services.mode === 'standard' ? 'any' : 'allowed',
    authorize({ params, query, bearer }) {
      const { id: sessionId = '' } = params
      if (sessionId.length > MAX_ID) throw new AppError('UNKNOWN_SESSION', 'There is no such session.')
      const streams = query.get('stream') === '1'
      return (connection) => void new PlaySocket(connection, host, { sessionId, bearer, streams }).serve()
    },
  }
}
