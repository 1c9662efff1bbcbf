// Mounts the session API: its routes, with their own form of failures, and the play socket.
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { refuseUpgrade, type Sockets, type Upgrade } from '../../adapters/coworld/upgrade.ts'
import { PlaySocket } from '../../adapters/session/play-socket.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { installFailures } from './failures.ts'
import { feedbackRoutes } from './feedback-routes.ts'
import { playRoutes } from './play-routes.ts'
import { playerRoutes } from './player-routes.ts'
import { createPlayHost, type SessionServices } from './services.ts'
import { afterRoutes } from './session-actions.ts'
import { sessionRoutes } from './session-routes.ts'
import { systemRoutes } from './system-routes.ts'

const ROUTES = [systemRoutes, playerRoutes, catalogueRoutes, playRoutes, sessionRoutes, feedbackRoutes, afterRoutes]

const PLAY = /^\/api\/play\/game\/([^/]{1,100})\/ws$/

/** @returns takes a handshake, if its path is the play socket's */
export async function installSessions(
  app: FastifyInstance,
  services: SessionServices,
  sockets: Sockets,
): Promise<(handshake: Upgrade) => boolean> {
  await app.register((scope, _options, done) => {
    installFailures(scope)
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    for (const routes of ROUTES) void typed.register(routes, { services })
    done()
  })
  const host = createPlayHost(services)
  return (handshake) => {
    const url = new URL(handshake.request.url ?? '/', 'http://localhost')
    const sessionId = PLAY.exec(url.pathname)?.[1]
    if (sessionId === undefined) return false
    const bearer = /^Bearer +(\S+) *$/i.exec(handshake.request.headers.authorization ?? '')?.[1]
    const streams = url.searchParams.get('stream') === '1'
    try {
      sockets.accept(handshake, (socket) => {
        void new PlaySocket(socket, host, { sessionId: decodeURIComponent(sessionId), bearer, streams }).serve()
      })
    } catch (error) {
      services.onFault('session.upgrade_failed', error)
      refuseUpgrade(handshake, 503, 'INTERNAL_ERROR')
    }
    return true
  }
}
