// The worlds of this server.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeWorld, summariseWorld } from '../../adapters/coworld/describe.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { WorldDetail, WorldSummary } from '../../protocol/catalogue.ts'
import { Problem } from '../../protocol/problem.ts'
import { loadRegistered } from '../worlds.ts'

export const worldRoutes: FastifyPluginCallbackZod<{ worlds: WorldRegistry }> = (app, { worlds }, done) => {
  app.get(
    '/api/worlds',
    {
      schema: {
        summary: 'The worlds of this server',
        tags: ['worlds'],
        response: { 200: z.array(WorldSummary) },
      },
    },
    async () => (await Promise.all(worlds.ids().map((id) => worlds.load(id)))).map(summariseWorld),
  )
  app.get(
    '/api/worlds/:id',
    {
      schema: {
        summary: 'One world, with the schemas of its configuration, commands and results',
        tags: ['worlds'],
        params: z.strictObject({ id: z.string() }),
        response: { 200: WorldDetail, '4xx': Problem },
      },
    },
    async (request) => describeWorld(await loadRegistered(worlds, request.params.id)),
  )
  done()
}
