// The worlds that ship.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeWorld, summariseWorld } from '../../adapters/coworld/describe.ts'
import { WorldDetail, WorldSummary } from '../../protocol/catalogue.ts'
import { Problem } from '../../protocol/problem.ts'
import { listWorldIds, loadWorld } from '../../worlds/catalogue.ts'

export const worldRoutes: FastifyPluginCallbackZod = (app, _options, done) => {
  app.get(
    '/api/worlds',
    { schema: { summary: 'The worlds that ship', tags: ['worlds'], response: { 200: z.array(WorldSummary) } } },
    async () => (await Promise.all(listWorldIds().map(loadWorld))).map(summariseWorld),
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
    async (request) => describeWorld(await loadWorld(request.params.id)),
  )
  done()
}
