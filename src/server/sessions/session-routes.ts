// Sessions after their start: status and transcript, read from the store on every server.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { JsonObject } from '../../protocol/json.ts'
import { HttpError, Reconstruction, SessionList, SessionStatus } from '../../protocol/session.ts'
import { credentialsOf, ownHeader, requireStandard, SessionIdParams } from './auth.ts'
import { noSession } from './failures.ts'
import type { SessionServices } from './services.ts'

/** Maximum sessions per list. */
const LISTED = 500

export const sessionRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const { log } = services
  app.get(
    '/api/sessions/:id/status',
    {
      schema: {
        summary: 'Status of a session',
        tags: ['sessions'],
        params: SessionIdParams,
        response: { 200: SessionStatus, '4xx': HttpError },
      },
    },
    async (request) => {
      const { id } = request.params
      const stored = await log.find(id)
      if (!stored) throw noSession(id)
      const { header, standing } = stored
      return { status: standing, game_name: header.game_name, turns: header.turns_completed }
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
      const sessions = await log.list(playerId ?? '', LISTED)
      return {
        sessions: sessions.map(({ header, standing }) => ({
          session_id: header.session_id,
          game: header.game_name,
          status: standing,
          created_at: header.created_at,
          last_active: header.updated_at,
          turns: header.turns_completed,
          exited: standing === 'closed',
        })),
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
