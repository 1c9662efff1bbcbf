// Episodes: the list, one of them, a new one, and the artefacts for download.
import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { journalBlob } from '../../host/journal-folder.ts'
import { AppError } from '../../kernel/errors.ts'
import {
  EPISODE_STATUSES,
  EpisodePage,
  EpisodeRequest,
  EpisodeSummary,
  StartedEpisode,
} from '../../protocol/catalogue.ts'
import { Results } from '../../protocol/episode.ts'
import { Problem } from '../../protocol/problem.ts'
import { EPISODE_SORTS } from '../../store/episodes/episode-query.ts'
import type { Locality } from '../../transport/locality.ts'
import { journalStream, replayStream } from '../journal-stream.ts'
import type { ModelPlayers } from '../model-players.ts'
import { loadRegistered } from '../worlds.ts'
import { describeStarted } from './started.ts'

export const EpisodeParams = z.strictObject({ id: z.string().min(1).max(100) })

const EpisodeQuery = z.strictObject({
  status: z.enum(EPISODE_STATUSES).optional(),
  world: z.string().max(200).optional(),
  variant: z.string().max(200).optional(),
  /** Origin of the episode: `api`, `showcase`, `perception`, … */
  kind: z.string().max(100).optional(),
  /** The exact name of a player in any slot. */
  player: z.string().max(200).optional(),
  /** Started at this instant or later, milliseconds UTC. */
  since: z.coerce.number().int().min(0).optional(),
  /** Started at this instant or earlier, milliseconds UTC. */
  until: z.coerce.number().int().min(0).optional(),
  sort: z.enum(EPISODE_SORTS).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})

/** Milliseconds between the last player joining and the first step. */
const LEAD_MS = 500

interface Options extends ArtefactOptions {
  readonly locality: Locality
  readonly models: ModelPlayers
}

interface ArtefactOptions {
  readonly episodes: EpisodeService
  readonly blobs: BlobStore
}

export const episodeRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes, blobs, locality, models }, done) => {
  app.get(
    '/api/episodes',
    {
      schema: {
        summary: 'Live and finished episodes, newest first',
        tags: ['episodes'],
        querystring: EpisodeQuery,
        response: { 200: EpisodePage, '4xx': Problem },
      },
    },
    async ({ query }) => {
      const { limit, offset, cursor, sort, order, ...filters } = query
      const page = await episodes.list(filters, { limit, offset, cursor, sort, order })
      return { entries: [...page.entries], total_count: page.total, limit, offset, next_cursor: page.nextCursor }
    },
  )
  app.get(
    '/api/episodes/:id',
    {
      schema: {
        summary: 'One episode',
        tags: ['episodes'],
        params: EpisodeParams,
        response: { 200: EpisodeSummary, '4xx': Problem },
      },
    },
    ({ params }) => episodes.find(params.id),
  )
  app.post(
    '/api/episodes',
    {
      schema: {
        summary: 'Start an episode (from this machine only)',
        tags: ['episodes'],
        body: EpisodeRequest,
        response: { 201: StartedEpisode, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const refusal = locality.refuse(request.raw)
      if (refusal) throw refusal
      const { tick_rate: stepsPerSecond, players, world: id, paused, ...wanted } = request.body
      const world = await loadRegistered(episodes.worlds, id)
      const episode = await episodes.start({
        ...wanted,
        world,
        slots: players.map((player) => models.plan(world, player)),
        pacing: { mode: 'rate', stepsPerSecond },
        leadMs: paused ? 0 : LEAD_MS,
        startsPaused: paused,
        kind: 'api',
      })
      return reply.code(201).send(await describeStarted(episodes, episode, request.host))
    },
  )
  app.register(artefactRoutes, { episodes, blobs })
  done()
}

const artefactRoutes: FastifyPluginCallbackZod<ArtefactOptions> = (app, { episodes, blobs }, done) => {
  const describe = (summary: string) => ({ summary, tags: ['artefacts'], params: EpisodeParams })
  app.get(
    '/api/episodes/:id/results.json',
    { schema: { ...describe('The results, or the current standing'), response: { 200: Results, '4xx': Problem } } },
    async ({ params }) => {
      const { results } = await episodes.find(params.id)
      if (results) return results
      throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has no results`)
    },
  )
  app.get('/api/episodes/:id/journal.jsonl', { schema: describe('The journal as text') }, async ({ params }, reply) => {
    const stream = await journalStream(episodes, params.id)
    return reply
      .type('application/jsonl')
      .header('content-disposition', `attachment; filename="${params.id}.jsonl"`)
      .send(stream)
  })
  app.get(
    '/api/episodes/:id/journal.jsonl.zst',
    { schema: describe('The stored journal of a finished episode, compressed') },
    async ({ params }, reply) => {
      await episodes.find(params.id)
      if (!(await blobs.exists(journalBlob(params.id)))) {
        throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has not been archived yet`)
      }
      return reply
        .type('application/zstd')
        .header('content-disposition', `attachment; filename="${params.id}.jsonl.zst"`)
        .send(Readable.from(readBlob(blobs, journalBlob(params.id))))
    },
  )
  app.get(
    '/api/episodes/:id/replay.json',
    { schema: describe('The replay document, with a frame for every step') },
    async ({ params }, reply) => reply.type('application/json').send(await replayStream(episodes, params.id)),
  )
  done()
}
