// Sessions after their start: how they stand and what was said.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { JsonObject } from '../../protocol/json.ts'
import { HttpError, Reconstruction, SessionList, SessionStatus } from '../../protocol/session.ts'
import { credentialsOf, entryStatus, ownHeader, requireStandard, SessionIdParams } from './auth.ts'
import { noSession } from './failures.ts'
import type { SessionServices } from './services.ts'

/** Sessions in one list. */
const LISTED = 500

export const sessionRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const { log, registry } = services
  app.get(
    '/api/sessions/:id/status',
    {
      schema: {
        summary: 'How a session stands',
        tags: ['sessions'],
        params: SessionIdParams,
        response: { 200: SessionStatus, '4xx': HttpError },
      },
    },
    async (request) => {
      const { id } = request.params
      const live = registry.peek(id)
      if (live) return { status: live.status, game_name: live.facts.gameName, turns: live.turns }
      const header = await log.header(id)
      if (!header) throw noSession(id)
      // A session that nobody has in memory waits for its player.
      const status = entryStatus(header.status) === 'closed' ? ('closed' as const) : ('paused' as const)
      return { status, game_name: header.game_name, turns: header.turns_completed }
    },
  )
  app.get(
    '/api/sessions/list',
    {
      schema: {
        summary: 'The sessions of the caller, newest first',
        tags: ['sessions'],
        response: { 200: SessionList, '4xx': HttpError },
      },
    },
    async (request) => {
      requireStandard(services)
      const playerId = await credentialsOf(services, request)
      const headers = await log.list(playerId ?? '', LISTED)
      return {
        sessions: headers.map((header) => {
          const live = registry.peek(header.session_id)
          return {
            session_id: header.session_id,
            game: header.game_name,
            status: live?.status ?? entryStatus(header.status),
            created_at: header.created_at,
            last_active: header.updated_at,
            turns: live?.turns ?? header.turns_completed,
            exited: live?.exited ?? entryStatus(header.status) === 'closed',
          }
        }),
      }
    },
  )
  app.get(
    '/api/sessions/:id/reconstruction',
    {
      schema: {
        summary: 'A session with all its events',
        tags: ['sessions'],
        params: SessionIdParams,
        response: { 200: Reconstruction, '4xx': HttpError },
      },
    },
    async (request) => {
      requireStandard(services)
      const header = await ownHeader(services, request.params.id, await credentialsOf(services, request))
      const events = await log.events(header.session_id)
      return { session: JsonObject.parse(header), events: events.map((event) => JsonObject.parse(event)) }
    },
  )
  done()
}
