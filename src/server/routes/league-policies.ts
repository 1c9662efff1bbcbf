// One policy version of a league with everything that its page shows.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { PolicyFigures } from '../../protocol/league-policy.ts'
import { Problem } from '../../protocol/problem.ts'
import { bareId, HostedView, toHostedLeague } from '../hosted-view.ts'
import { bestOf, type Match, matchesOf, opponentsOf, roundsOf } from '../policy-figures.ts'
import { describe, type LeagueRouteOptions } from './league-queries.ts'

/** Results that the chart shows; 1,000 are 16 hours of the demo league. */
const RESULTS = 1000
/** Newest rounds whose episodes are read: a few hundred, in one query. */
const ROUNDS = 40
const MATCHES = 100
const EVENTS = 50

const Params = z.strictObject({ id: z.string().min(1).max(100), version: z.string().min(1).max(100) })

export const leaguePolicyRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, rounds }, done) => {
  app.get(
    '/api/leagues/:id/policies/:version',
    {
      schema: {
        ...describe('A policy version of a league: rounds, opponents, matches, events'),
        params: Params,
        response: { 200: PolicyFigures, '4xx': Problem },
      },
    },
    async ({ params: { id, version } }): Promise<PolicyFigures> => {
      const league = await leagues.get(bareId(id))
      const members = await leagues.memberships({ leagueId: league.id })
      const own = members.filter(({ policyVersionId }) => policyVersionId === version)
      if (own.length === 0)
        throw new AppError('UNKNOWN_PLAYER', `league ${league.name} has no policy version ${version}`)
      const view = await HostedView.read(leagues)
      const results = await rounds.leaderboards.policyResults(league.id, version, RESULTS)
      const newest = results.slice(-ROUNDS)
      const episodes = await rounds.leaderboards.episodesOf(newest.map(({ roundId }) => roundId))
      const numbers = new Map(newest.map(({ roundId, roundNumber }) => [roundId, roundNumber]))
      const matches = matchesOf(version, episodes, numbers).toSorted((a, b) => b.ended_at.localeCompare(a.ended_at))
      const toMatch = (match: Match) => ({ ...match, opponents: match.opponents.map((each) => view.version(each)) })
      const best = bestOf(matches)
      const { policy } = view.version(version)
      const versions = [...new Set(members.map(({ policyVersionId }) => policyVersionId))]
        .map((each) => view.version(each))
        .filter((each) => each.policy.id === policy.id && each.id !== version)
      return {
        league: toHostedLeague(league),
        policy_version: view.version(version),
        memberships: own.toReversed().map((member) => view.membership(member)),
        versions,
        divisions: (await leagues.divisions(league.id, { withArchived: true })).map((division) =>
          view.division(division.id),
        ),
        rounds: roundsOf(results),
        matched_rounds: newest.length,
        opponents: opponentsOf(version, episodes).map(({ version: other, ...figures }) => ({
          policy_version: view.version(other),
          ...figures,
        })),
        matches: matches.slice(0, MATCHES).map(toMatch),
        best: best ? toMatch(best) : null,
        events: (await leagues.events({ leagueId: league.id, policyVersionId: version }, EVENTS)).map((event) =>
          view.event(event),
        ),
      }
    },
  )
  done()
}
