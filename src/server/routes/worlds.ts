// The worlds of this server.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeWorld, summariseWorld } from '../../adapters/coworld/describe.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import { WorldBoard, WorldDetail, WorldDocument, WorldSummary } from '../../protocol/catalogue.ts'
import { Problem } from '../../protocol/problem.ts'
import { boardOf } from '../world-board.ts'
import { documentsOf } from '../world-documents.ts'
import { loadRegistered } from '../worlds.ts'

const WorldParams = z.strictObject({ id: z.string() })
/** Seconds for which a browser may keep a leaderboard: counting a thousand episodes costs some milliseconds. */
const BOARD_S = 10

export const worldRoutes: FastifyPluginCallbackZod<{ episodes: EpisodeService }> = (app, { episodes }, done) => {
  const { worlds } = episodes
  app.get(
    '/api/worlds',
    {
      schema: {
        summary: 'The worlds of this server',
        tags: ['worlds'],
        response: { 200: z.array(WorldSummary) },
      },
    },
    async () =>
      (await Promise.all(worlds.ids().map((id) => worlds.load(id)))).map((world) =>
        summariseWorld(world, worlds.isBuiltIn(world)),
      ),
  )
  app.get(
    '/api/worlds/:id',
    {
      schema: {
        summary: 'One world, with the schemas of its configuration, commands and results',
        tags: ['worlds'],
        params: WorldParams,
        response: { 200: WorldDetail, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const world = await loadRegistered(worlds, params.id)
      return describeWorld(world, worlds.isBuiltIn(world))
    },
  )
  app.get(
    '/api/worlds/:id/documents',
    {
      schema: {
        summary: 'What there is to read about a world, in Markdown',
        tags: ['worlds'],
        params: WorldParams,
        response: { 200: z.array(WorldDocument), '4xx': Problem },
      },
    },
    async ({ params }) => [...(await documentsOf(worlds, await loadRegistered(worlds, params.id)))],
  )
  app.get(
    '/api/worlds/:id/board',
    {
      schema: {
        summary: 'The bots and models of a world by the results of finished episodes of a variant',
        tags: ['worlds'],
        params: WorldParams,
        querystring: z.strictObject({ variant: z.string().max(200).optional() }),
        response: { 200: WorldBoard, '4xx': Problem },
      },
    },
    async ({ params, query }, reply) => {
      const { id, variants } = await loadRegistered(worlds, params.id)
      const variant = variants.find((each) => query.variant === undefined || each.id === query.variant)
      if (!variant) throw new AppError('UNKNOWN_VARIANT', `${id} has no variant ${query.variant}`)
      void reply.header('cache-control', `max-age=${BOARD_S}`)
      return boardOf(episodes, id, variant.id)
    },
  )
  done()
}
