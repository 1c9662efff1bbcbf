// Episodes of rounds, with their results and journals.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { HostedEpisode } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Rounds } from '../../store/leagues/rounds.ts'
import type { EpisodeRecord } from '../../store/leagues/rows.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { describe, Filter, Id, type LeagueRouteOptions, limit, Offset } from './league-queries.ts'

export const leagueEpisodeRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (
  app,
  { leagues, rounds, blobs },
  done,
) => {
  app.get(
    '/v2/episode-requests',
    {
      schema: {
        ...describe('Episodes of rounds'),
        querystring: z.object({ limit: limit(1000, 200), offset: Offset, pool_id: Filter, player_id: Filter }),
        response: { 200: z.array(HostedEpisode), '4xx': Problem },
      },
    },
    async ({ query }) => {
      const view = await HostedView.read(leagues)
      const found =
        query.pool_id === undefined ? await rounds.latestEpisodes(query) : await rounds.episodes(bareId(query.pool_id))
      const wanted = found
        .map((episode) => view.episode(episode))
        .filter(
          ({ participants }) =>
            query.player_id === undefined || participants.some(({ player_id: id }) => id === query.player_id),
        )
      return query.pool_id === undefined ? wanted : wanted.toReversed().slice(query.offset, query.offset + query.limit)
    },
  )
  app.get(
    '/v2/episode-requests/:id',
    { schema: { ...describe('One episode'), params: Id, response: { 200: HostedEpisode, '4xx': Problem } } },
    async ({ params }) => (await HostedView.read(leagues)).episode(await findEpisode(rounds, params.id)),
  )
  app.get(
    '/jobs/:id/artifacts/results',
    { schema: { ...describe('Results of an episode'), params: Id } },
    async ({ params }) => {
      const { scores } = await findEpisode(rounds, params.id)
      if (scores) return { scores }
      throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has no results`)
    },
  )
  app.get(
    '/jobs/:id/artifacts/journal',
    { schema: { ...describe('Journal of an episode, as text'), params: Id } },
    async ({ params }, reply) => {
      const { journal } = await findEpisode(rounds, params.id)
      if (journal === null) throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has no journal`)
      const parts: Buffer[] = []
      for await (const part of readBlob(blobs, journal)) parts.push(part)
      return reply.type('application/jsonl').send(Buffer.concat(parts))
    },
  )
  app.get(
    '/jobs/:id/policy-logs',
    { schema: { ...describe('Names of the logs of an episode'), params: Id, response: { 200: z.array(z.string()) } } },
    async ({ params }) => {
      await findEpisode(rounds, params.id)
      return []
    },
  )
  done()
}

async function findEpisode(rounds: Rounds, id: string): Promise<EpisodeRecord> {
  const found = await rounds.findEpisode(bareId(id))
  if (found) return found
  throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
}
