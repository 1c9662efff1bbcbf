// Members and policy versions of the hosted API.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HostedMembership, PolicyVersionPage } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { describe, Filter, Flag, type LeagueRouteOptions, limit } from './league-queries.ts'

const MemberQuery = z.object({
  active_only: Flag,
  champions_only: Flag,
  mine: Flag,
  league_id: Filter,
  division_id: Filter,
  policy_version_id: Filter,
  player_id: Filter,
  limit: limit(1000, 1000),
})

export const leagueMemberRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, auth }, done) => {
  app.get(
    '/v2/league-policy-memberships',
    {
      schema: {
        ...describe('Members of leagues, newest first'),
        querystring: MemberQuery,
        response: { 200: z.array(HostedMembership), '4xx': Problem },
      },
    },
    async (request) => {
      const { query } = request
      const own = await auth.mine(request, query.mine === 'true')
      const view = await HostedView.read(leagues)
      const members = await leagues.memberships({
        ...(query.league_id === undefined ? {} : { leagueId: bareId(query.league_id) }),
        ...(query.active_only === 'true' ? { isActive: true } : {}),
      })
      const isWanted = (value: string | null, filter: string | undefined): boolean =>
        filter === undefined || value === bareId(filter)
      return members
        .toReversed()
        .filter(
          (member) =>
            member.divisionId !== null &&
            (query.champions_only === 'false' || member.isChampion) &&
            (own === undefined || member.playerId === own) &&
            isWanted(member.divisionId, query.division_id) &&
            isWanted(member.policyVersionId, query.policy_version_id) &&
            isWanted(member.playerId, query.player_id),
        )
        .slice(0, query.limit)
        .map((member) => view.membership(member))
    },
  )
  app.get(
    '/stats/policy-versions',
    {
      schema: {
        ...describe('Policy versions by name, newest first'),
        querystring: z.object({
          mine: Flag,
          name_exact: Filter,
          version: z.coerce.number().int().min(1).optional(),
          limit: limit(1000, 100),
        }),
        response: { 200: PolicyVersionPage, '4xx': Problem },
      },
    },
    async (request) => {
      const { query } = request
      const own = await auth.mine(request, query.mine === 'true')
      const found = await leagues.policyVersions({
        ...(query.name_exact === undefined ? {} : { name: query.name_exact }),
        ...(query.version === undefined ? {} : { version: query.version }),
        ...(own === undefined ? {} : { playerId: own }),
      })
      const entries = found.slice(0, query.limit).map(({ id, name, version }) => ({
        id,
        policy_version_id: id,
        name,
        policy_name: name,
        version,
      }))
      return { entries, total_count: found.length }
    },
  )
  done()
}
