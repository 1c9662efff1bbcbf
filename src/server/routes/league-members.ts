// Members, policy versions and submissions of the hosted API.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { enter } from '../../league/make-league.ts'
import { HostedMembership, PolicyVersionPage, SubmissionAnswer, SubmissionRequest } from '../../protocol/hosted.ts'
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

export const leagueMemberRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues }, done) => {
  app.get(
    '/v2/league-policy-memberships',
    {
      schema: {
        ...describe('Members of leagues, newest first'),
        querystring: MemberQuery,
        response: { 200: z.array(HostedMembership) },
      },
    },
    async ({ query }) => {
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
            (query.champions_only === 'false' || member.isChampion) &&
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
        response: { 200: PolicyVersionPage },
      },
    },
    async ({ query }) => {
      const found = await leagues.policyVersions({
        ...(query.name_exact === undefined ? {} : { name: query.name_exact }),
        ...(query.version === undefined ? {} : { version: query.version }),
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

export const submissionRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, locality }, done) => {
  app.post(
    '/v2/league-submissions',
    {
      schema: {
        ...describe('Submit a policy version to a league (from this machine only)'),
        body: SubmissionRequest,
        response: { 200: SubmissionAnswer, '4xx': Problem },
      },
    },
    async (request) => {
      const refusal = locality.refuse(request.raw)
      if (refusal) throw refusal
      const league = await leagues.get(bareId(request.body.league_id))
      const version = await leagues.policyVersion(request.body.policy_version_id)
      const members = await leagues.memberships({ leagueId: league.id, isActive: true })
      if (members.some(({ policyVersionId }) => policyVersionId === version.id)) {
        throw new AppError('FILE_EXISTS', `${version.name}:v${version.version} is already in ${league.slug}`, {
          hint: 'Upload a new version of the policy and submit it.',
        })
      }
      const member = await enter(leagues, league, version, version.playerId ?? 'platform')
      return { id: `sub_${member}`, status: 'placed', league_policy_membership_id: `lpm_${member}`, notes: null }
    },
  )
  done()
}
