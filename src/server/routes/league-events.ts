// The events of leagues.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CompetitionEvent } from '../../protocol/hosted.ts'
import { HostedView } from '../hosted-view.ts'
import { bareFilter, describe, Filter, type LeagueRouteOptions, limit } from './league-queries.ts'

export const leagueEventRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues }, done) => {
  app.get(
    '/v2/competition-events',
    {
      schema: {
        ...describe('Events, newest first, with actor, time and reason'),
        querystring: z.object({
          limit: limit(1000, 50),
          league_id: Filter,
          event_type: Filter,
          division_id: Filter,
          round_id: Filter,
          audience: Filter,
          player_id: Filter,
          policy_version_id: Filter,
        }),
        response: { 200: z.array(CompetitionEvent) },
      },
    },
    async ({ query }) => {
      const view = await HostedView.read(leagues)
      const found = await leagues.events(
        {
          leagueId: bareFilter(query.league_id),
          type: query.event_type,
          divisionId: bareFilter(query.division_id),
          roundId: bareFilter(query.round_id),
          playerId: bareFilter(query.player_id),
          policyVersionId: query.policy_version_id,
        },
        query.limit,
      )
      return found.map((event) => view.event(event))
    },
  )
  done()
}
