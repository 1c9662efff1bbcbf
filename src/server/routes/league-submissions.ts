// Submissions of policy versions to leagues.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { HostedSubmission, SubmissionAnswer, SubmissionDetail, SubmissionRequest } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import { mayUse } from '../hosted-auth.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { bareFilter, describe, Filter, Flag, type LeagueRouteOptions, limit } from './league-queries.ts'

export const submissionRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { leagues, submissions, desk, auth } = options
  app.get(
    '/v2/league-submissions',
    {
      schema: {
        ...describe('Submissions to leagues, newest first'),
        querystring: z.object({
          mine: Flag,
          league_id: Filter,
          player_id: Filter,
          policy_version_id: Filter,
          limit: limit(1000, 1000),
          /** Adds the wishes of the caller's own submissions, which clients of coworld 0.1.0 do not know. */
          with_details: Flag,
        }),
        response: { 200: z.array(z.union([SubmissionDetail, HostedSubmission])), '4xx': Problem },
      },
    },
    async (request) => {
      const { query } = request
      const own = await auth.mine(request, query.mine === 'true')
      const wanted = bareFilter(query.player_id)
      if (own !== undefined && wanted !== undefined && own !== wanted) return []
      const found = await submissions.list(
        {
          leagueId: bareFilter(query.league_id),
          playerId: own ?? wanted,
          policyVersionId: query.policy_version_id,
        },
        query.limit,
      )
      const view = await HostedView.read(leagues)
      const isDetailed = query.with_details === 'true' && query.mine === 'true'
      return found.map((each) => ({
        ...view.submission(each),
        ...(isDetailed ? { auto_champion: each.autoChampion, preferences: each.preferences } : {}),
      }))
    },
  )
  app.post(
    '/v2/league-submissions',
    {
      schema: {
        ...describe('Submit a policy version of yours to a league'),
        body: SubmissionRequest,
        response: { 200: SubmissionAnswer, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const league = await leagues.get(bareId(request.body.league_id))
      const version = await leagues.policyVersion(request.body.policy_version_id)
      if (!mayUse(caller, version.playerId)) {
        throw new AppError('NOT_YOURS', `${version.name}:v${version.version} belongs to another player`)
      }
      const made = await desk.receive(league.id, version, {
        actor: caller.playerId ?? 'operator',
        autoChampion: request.body.auto_champion,
        preferences: request.body.preferences ?? null,
      })
      return {
        id: `sub_${made.id}`,
        status: made.status,
        league_policy_membership_id: made.membershipId && `lpm_${made.membershipId}`,
        notes: made.notes,
      }
    },
  )
  done()
}
