// The hosted API of leagues (contract section 10.3): reads are public; everything else requires a token or a request
// from this machine.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LeagueService } from '../../league/league-service.ts'
import {
  HostedDivision,
  HostedGame,
  HostedLeague,
  LadderEntry,
  LeaderboardEntry,
  LeaderboardRow,
} from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import { bareId, gameOf, HostedView, toHostedLeague } from '../hosted-view.ts'
import { coworldSecretRoutes } from './coworld-secrets.ts'
import { reportRoutes } from './episode-reports.ts'
import { experienceRoutes } from './experiences.ts'
import { leagueArtefactRoutes } from './league-artefacts.ts'
import { bundleRoutes } from './league-bundles.ts'
import { leagueEpisodeRoutes } from './league-episodes.ts'
import { leagueEventRoutes } from './league-events.ts'
import { imageRoutes } from './league-images.ts'
import { leagueMemberRoutes } from './league-members.ts'
import { membershipRoutes } from './league-memberships.ts'
import { leaguePolicyRoutes } from './league-policies.ts'
import { describe, Filter, Flag, Id, type LeagueRouteOptions } from './league-queries.ts'
import { poolRoutes, roundRoutes } from './league-rounds.ts'
import { submissionRoutes } from './league-submissions.ts'
import { uploadRoutes } from './league-uploads.ts'

export const leagueRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { leagues, auth } = options
  // An invalid token is refused everywhere, so that no caller mistakes an empty list for the real result.
  app.addHook('onRequest', async (request) => void (await auth.find(request)))
  app.get(
    '/v2/games',
    { schema: { ...describe('Games with leagues'), response: { 200: z.array(HostedGame) } } },
    async () => {
      const all = new Map((await leagues.list()).map((league) => [league.world, gameOf(league)]))
      return [...all.values()]
    },
  )
  app.get(
    '/v2/leagues',
    {
      schema: {
        ...describe('Leagues'),
        querystring: z.object({ game_id: Filter }),
        response: { 200: z.array(HostedLeague) },
      },
    },
    async ({ query }) =>
      (await leagues.list())
        .filter((league) => !league.isHidden && (query.game_id === undefined || gameOf(league).id === query.game_id))
        .map(toHostedLeague),
  )
  app.get(
    '/v2/leagues/:id',
    { schema: { ...describe('One league'), params: Id, response: { 200: HostedLeague, '4xx': Problem } } },
    async ({ params }) => toHostedLeague(await leagues.get(bareId(params.id))),
  )
  app.get(
    '/v2/leagues/:id/division-ladder',
    {
      schema: {
        ...describe('Divisions of a league, highest first'),
        params: Id,
        response: { 200: z.array(LadderEntry), '4xx': Problem },
      },
    },
    async ({ params }) => {
      const { id } = await leagues.get(bareId(params.id))
      const members = await leagues.memberships({ leagueId: id, isActive: true })
      return (await leagues.divisions(id)).toReversed().map((division) => ({
        id: `div_${division.id}`,
        name: division.name,
        level: division.level,
        member_count: members.filter(({ divisionId }) => divisionId === division.id).length,
      }))
    },
  )
  for (const routes of [
    divisionRoutes,
    roundRoutes,
    poolRoutes,
    leagueMemberRoutes,
    membershipRoutes,
    leaguePolicyRoutes,
    submissionRoutes,
    uploadRoutes,
    imageRoutes,
    coworldSecretRoutes,
    leagueEpisodeRoutes,
    leagueArtefactRoutes,
    bundleRoutes,
    leagueEventRoutes,
    experienceRoutes,
    reportRoutes,
  ]) {
    app.register(routes, options)
  }
  done()
}

/** What leaderboards of this server show beyond the contract. */
const detailsOf = ({
  low,
  high,
  tally,
  policy_version_ids,
}: Awaited<ReturnType<LeagueService['leaderboard']>>[number]) => ({
  interval: low === null || high === null ? null : { low, high },
  recent_matches: tally,
  policy_version_ids,
})

const divisionRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, service }, done) => {
  app.get(
    '/v2/divisions',
    {
      schema: {
        ...describe('Divisions'),
        querystring: z.object({ league_id: Filter }),
        response: { 200: z.array(HostedDivision) },
      },
    },
    async ({ query }) => {
      const view = await HostedView.read(leagues)
      const found = await leagues.divisions(query.league_id === undefined ? undefined : bareId(query.league_id))
      return found.map(({ id }) => view.division(id))
    },
  )
  app.get(
    '/v2/divisions/:id',
    {
      schema: {
        ...describe('One division, with the description by its commissioner'),
        params: Id,
        response: { 200: HostedDivision, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const view = await HostedView.read(leagues)
      const id = bareId(params.id)
      return { ...view.division(id), commissioner_description: await service.describe(id) }
    },
  )
  app.get(
    '/v2/divisions/:id/leaderboard',
    {
      schema: {
        ...describe('Leaderboard of a division, best first'),
        params: Id,
        querystring: z.object({
          include_recent_rounds: z.coerce.number().int().min(0).max(100).default(0),
          /** Adds intervals, matches and policy versions, which clients of coworld 0.1.0 do not know. */
          with_details: Flag,
        }),
        response: { 200: z.array(z.union([LeaderboardRow, LeaderboardEntry])), '4xx': Problem },
      },
    },
    async ({ params, query }) => {
      const rows = await service.leaderboard(bareId(params.id), query.include_recent_rounds)
      return rows.map((row) => ({
        // Every policy has a player since uploads exist; of older ones the version stands for it.
        player_id: `player_${row.player_id ?? row.policy_version_ids.join('-')}`,
        player_name: row.player_name,
        avg_score: row.score,
        ...(query.with_details === 'true' ? detailsOf(row) : {}),
        rounds_played: row.rounds_played,
        recent_rounds: LeaderboardEntry.shape.recent_rounds.parse(row.recent_rounds ?? null),
      }))
    },
  )
  done()
}
