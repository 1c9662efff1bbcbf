// Facts about the server for clients of the session API.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { RoleModelsInfo, ServerConfig, ServerStatus } from '../../protocol/session.ts'
import type { SessionServices } from './services.ts'

export const systemRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  app.get(
    '/api/status',
    { schema: { summary: 'Start time of the server', tags: ['system'], response: { 200: ServerStatus } } },
    () => ({
      status: 'ok' as const,
      started_at: new Date(services.startedAt).toISOString(),
      uptime: Math.max(0, Math.floor((Date.now() - services.startedAt) / 1000)),
    }),
  )
  app.get(
    '/api/server/config',
    { schema: { summary: 'Limits of the server', tags: ['system'], response: { 200: ServerConfig } } },
    () => {
      const isStandard = services.mode === 'standard'
      return {
        mode: services.mode,
        authentication_required: isStandard,
        registration_enabled: isStandard,
        experiments_enabled: isStandard,
        default_experiment_name: services.defaultStudy() ?? null,
        run_name: services.defaultStudy() ?? 'paracosm',
      }
    },
  )
  app.get(
    '/api/models',
    { schema: { summary: 'Who plays the characters', tags: ['system'], response: { 200: RoleModelsInfo } } },
    () => {
      const { kind, profile, spent, limits, agent } = services.models
      return {
        kind,
        models: profile,
        spent: spent?.() ?? null,
        limits: { tokens: limits?.tokens ?? null, cost_usd: limits?.usd ?? null },
        agent: agent?.model ?? null,
      }
    },
  )
  done()
}
