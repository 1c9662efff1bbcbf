// Episodes of rounds. What is kept of each: league-artefacts.ts.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { HostedEpisode } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Rounds } from '../../store/leagues/rounds.ts'
import type { EpisodeRecord } from '../../store/leagues/rows.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { describe, Filter, Id, type LeagueRouteOptions, limit, Offset } from './league-queries.ts'

export const leagueEpisodeRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (
  app,
  { leagues, rounds, experiences },
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
    async (request) => {
      const { query } = request
      const view = await HostedView.read(leagues)
      const found =
        query.pool_id === undefined ? await rounds.latestEpisodes(query) : await rounds.episodes(bareId(query.pool_id))
      const origin = originOf(request)
      const worlds = await rounds.worlds([...new Set(found.map(({ roundId }) => roundId))])
      const wanted = found
        .map((episode) => view.episode(episode, { origin, world: worlds.get(episode.roundId) ?? '' }))
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
    async (request) => {
      const found = await findEpisode(rounds, request.params.id)
      const view = await HostedView.read(leagues)
      const origin = originOf(request)
      if (found.experienceId !== null) {
        const { world, playerId } = await experiences.get(found.experienceId)
        return view.episode(found, { origin, world, requester: requesterOf(playerId) })
      }
      const world = (await rounds.worlds([found.roundId])).get(found.roundId) ?? ''
      return view.episode(found, { origin, world })
    },
  )
  done()
}

/** Who asked for an episode: a player, or the operator. */
export const requesterOf = (playerId: string | null): string =>
  playerId === null ? 'user_platform' : `user_${playerId}`

/** Where the caller reaches this server. */
export const originOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`

/** @throws AppError UNKNOWN_EPISODE */
export async function findEpisode(rounds: Rounds, id: string): Promise<EpisodeRecord> {
  const found = await rounds.findEpisode(bareId(id))
  if (found) return found
  throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
}
