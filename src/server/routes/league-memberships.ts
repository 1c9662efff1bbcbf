// What players and the operator change in leagues: members that retire or become champions, and divisions that follow
// their commissioner.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { AppError } from '../../kernel/errors.ts'
import { MembershipDetail } from '../../protocol/hosted.ts'
import { LeagueMigration, MembershipAct, MigrateRequest } from '../../protocol/hosted-later.ts'
import { Problem } from '../../protocol/problem.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { mayUse } from '../hosted-auth.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

/** Changes per minute and address. */
const CHANGES_PER_MINUTE = 60

const ACTS = [
  { name: 'retire', summary: 'End a membership of yours: its policy plays no further round', reason: 'Retired' },
  { name: 'champion', summary: 'Make a member of yours your champion in its division', reason: 'Named champion' },
] as const

export const membershipRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { leagues, memberships, service, auth } = options
  const config = { rateLimit: routeLimit(CHANGES_PER_MINUTE) }
  for (const { name, summary, reason } of ACTS) {
    app.post(
      `/v2/league-policy-memberships/:id/${name}`,
      {
        config,
        schema: {
          ...describe(summary),
          params: Id,
          body: MembershipAct.nullish(),
          response: { 200: MembershipDetail, '4xx': Problem },
        },
      },
      async (request) => {
        const caller = await auth.require(request)
        const member = await memberships.get(bareId(request.params.id))
        if (!mayUse(caller, member.playerId)) throw new AppError('NOT_YOURS', 'this membership is of another player')
        const why =
          request.body?.reason?.trim() || `${reason} by ${caller.playerId === null ? 'the operator' : 'its player'}`
        const changed = await memberships[name](member.id, { actor: caller.playerId ?? 'operator', reason: why })
        return (await HostedView.read(leagues)).membership(changed)
      },
    )
  }
  app.post(
    '/v2/leagues/:id/migrate',
    {
      config,
      schema: {
        ...describe('Bring the divisions of a league in line with its commissioner (operator only)'),
        params: Id,
        body: MigrateRequest.nullish(),
        response: { 200: LeagueMigration, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      if (caller.playerId !== null) throw new AppError('NOT_YOURS', 'only the operator migrates a league')
      const league = await leagues.get(bareId(request.params.id))
      const isDryRun = request.body?.dry_run ?? false
      const { movedMembers, ...changes } = await service.migrate(league, { actor: 'operator', isDryRun })
      return { league_id: `league_${league.id}`, dry_run: isDryRun, ...changes, moved_members: movedMembers }
    },
  )
  done()
}
