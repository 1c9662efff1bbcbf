// The server itself, as clients of the session API ask for it.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { CastInfo, ServerConfig, ServerStatus } from '../../protocol/session.ts'
import type { SessionHouse } from './house.ts'

export const systemRoutes: FastifyPluginCallbackZod<{ house: SessionHouse }> = (app, { house }, done) => {
  app.get(
    '/api/status',
    { schema: { summary: 'Since when the server runs', tags: ['system'], response: { 200: ServerStatus } } },
    () => ({
      status: 'ok' as const,
      started_at: new Date(house.startedAt).toISOString(),
      uptime: Math.max(0, Math.floor((Date.now() - house.startedAt) / 1000)),
    }),
  )
  app.get(
    '/api/server/config',
    { schema: { summary: 'What the server allows', tags: ['system'], response: { 200: ServerConfig } } },
    () => {
      const isStandard = house.mode === 'standard'
      return {
        mode: house.mode,
        authentication_required: isStandard,
        registration_enabled: isStandard,
        experiments_enabled: isStandard,
        default_experiment_name: null,
      }
    },
  )
  app.get(
    '/api/models',
    { schema: { summary: 'Who plays the characters', tags: ['system'], response: { 200: CastInfo } } },
    () => ({ kind: house.cast.kind, models: house.cast.profile, spent: house.cast.spent?.() ?? null }),
  )
  done()
}
