// Episodes: the list, one of them, a new one, and the artefacts for download.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatReplay } from '../../adapters/coworld/replay-document.ts'
import { agentIdOf } from '../../adapters/perception/bridge.ts'
import type { Archive } from '../../episode/archive.ts'
import { JournalFile } from '../../episode/journal-file.ts'
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
import type { Locality } from '../../transport/locality.ts'
import { loadWorld } from '../../worlds/catalogue.ts'
import type { LiveEpisodes } from '../live.ts'

const EpisodeParams = z.strictObject({ id: z.string().min(1).max(100) })

const EpisodeQuery = z.strictObject({
  status: z.enum(EPISODE_STATUSES).optional(),
  world: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})

interface Options extends ArtefactOptions {
  readonly locality: Locality
}

interface ArtefactOptions {
  readonly live: LiveEpisodes
  readonly archive: Archive
}

export const episodeRoutes: FastifyPluginCallbackZod<Options> = (app, { live, archive, locality }, done) => {
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
      const all = live
        .list()
        .filter((each) => query.status === undefined || each.status === query.status)
        .filter((each) => query.world === undefined || each.world?.id === query.world)
      const { limit, offset } = query
      return { entries: all.slice(offset, offset + limit), total_count: all.length, limit, offset }
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
    async ({ params }) => live.find(params.id),
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
      const { tick_rate: stepsPerSecond, ...wanted } = request.body
      const episode = await live.start({ ...wanted, pacing: { mode: 'rate', stepsPerSecond } })
      const { host } = request
      const slots = episode.slots.map(({ slot, token }) => {
        const query = new URLSearchParams({ slot: String(slot), token })
        const base = `//${host}/episodes/${episode.header.episode}`
        return {
          slot,
          token,
          page: `http:${base}/clients/player?${query}`,
          socket: `ws:${base}/player?${query}`,
          perception: `http://${host}/api/episodes/${episode.header.episode}/slots/${slot}`,
          agent_id: agentIdOf(slot),
        }
      })
      return reply.code(201).send({ episode: live.find(episode.header.episode), slots })
    },
  )
  app.register(artefactRoutes, { live, archive })
  done()
}

const artefactRoutes: FastifyPluginCallbackZod<ArtefactOptions> = (app, { live, archive }, done) => {
  const describe = (summary: string) => ({ summary, tags: ['artefacts'], params: EpisodeParams })
  app.get(
    '/api/episodes/:id/results.json',
    { schema: { ...describe('The results, or the standing so far'), response: { 200: Results, '4xx': Problem } } },
    async ({ params }) => {
      const { results } = live.find(params.id)
      if (results) return results
      throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has no results`)
    },
  )
  app.get('/api/episodes/:id/journal.jsonl', { schema: describe('The journal as text') }, async ({ params }, reply) => {
    const file = await JournalFile.open(await archive.journalPath(params.id))
    return reply
      .type('application/jsonl')
      .header('content-disposition', `attachment; filename="${params.id}.jsonl"`)
      .send(Readable.from(withLineEnds(file)))
  })
  app.get(
    '/api/episodes/:id/journal.jsonl.zst',
    { schema: describe('The journal of a finished episode, as it is kept') },
    async ({ params }, reply) => {
      const path = await archive.journalPath(params.id)
      if (!path.endsWith('.zst'))
        throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has not been put away yet`)
      return reply
        .type('application/zstd')
        .header('content-disposition', `attachment; filename="${params.id}.jsonl.zst"`)
        .send(createReadStream(path))
    },
  )
  app.get(
    '/api/episodes/:id/replay.json',
    { schema: describe('The replay document: a frame for every step') },
    async ({ params }, reply) => {
      const file = await JournalFile.open(await archive.journalPath(params.id))
      const world = await loadWorld(file.header.world.id)
      return reply
        .type('application/json')
        .send(Readable.from(closing(file, formatReplay(file, world, { journal: true }))))
    },
  )
  done()
}

async function* withLineEnds(file: JournalFile): AsyncGenerator<string> {
  try {
    for await (const batch of file.lines()) yield `${batch.join('\n')}\n`
  } finally {
    await file.close()
  }
}

async function* closing(file: JournalFile, parts: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* parts
  } finally {
    await file.close()
  }
}
