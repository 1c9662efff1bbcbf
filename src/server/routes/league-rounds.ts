// Rounds and pools of the hosted API.
import { createHash } from 'node:crypto'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HostedPool, PoolDetail, RoundDetail, RoundPage } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { bareFilter, describe, Filter, Id, type LeagueRouteOptions, limit, Offset } from './league-queries.ts'

const RoundQuery = z.object({
  limit: limit(200, 25),
  offset: Offset,
  league_id: Filter,
  division_id: Filter,
  status: Filter,
})

export const roundRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, rounds }, done) => {
  app.get(
    '/v2/rounds',
    { schema: { ...describe('Rounds, newest first'), querystring: RoundQuery, response: { 200: RoundPage } } },
    async ({ query }) => {
      const filters = {
        leagueId: bareFilter(query.league_id),
        divisionId: bareFilter(query.division_id),
        status: query.status,
      }
      const { entries, total } = await rounds.list(filters, query)
      const view = await HostedView.read(leagues)
      return {
        entries: entries.map((round) => view.round(round)),
        total_count: total,
        limit: query.limit,
        offset: query.offset,
      }
    },
  )
  app.get(
    '/v2/rounds/:id',
    {
      schema: {
        ...describe('One round with pools and results'),
        params: Id,
        response: { 200: RoundDetail, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const round = await rounds.get(bareId(params.id))
      const view = await HostedView.read(leagues)
      const results = await rounds.results({ roundId: round.id })
      return {
        ...view.round(round),
        pools: [view.pool(round)],
        results: results.map((each) => view.result(each, round)),
      }
    },
  )
  done()
}

export const poolRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { leagues, rounds }, done) => {
  app.get(
    '/v2/pools',
    {
      schema: {
        ...describe('Pools, newest first: one per round'),
        querystring: z.object({ limit: limit(1000, 200), offset: Offset, round_id: Filter }),
        response: { 200: z.array(HostedPool), '4xx': Problem },
      },
    },
    async ({ query }) => {
      const view = await HostedView.read(leagues)
      if (query.round_id !== undefined) return [view.pool(await rounds.get(bareId(query.round_id)))]
      return (await rounds.list({}, query)).entries.map((round) => view.pool(round))
    },
  )
  app.get(
    '/v2/pools/:id',
    { schema: { ...describe('One pool with its entries'), params: Id, response: { 200: PoolDetail, '4xx': Problem } } },
    async ({ params }) => {
      const round = await rounds.get(bareId(params.id))
      const view = await HostedView.read(leagues)
      const pool = view.pool(round)
      const ids = [...new Set((await rounds.episodes(round.id)).flatMap(({ request }) => request.policy_version_ids))]
      const members = await leagues.memberships({ leagueId: round.leagueId })
      const entries = ids.map((id, order) => {
        const member = members.find(({ policyVersionId }) => policyVersionId === id)
        return {
          id: entryId(round.id, id),
          pool_id: pool.id,
          league_policy_membership_id: member ? `lpm_${member.id}` : null,
          policy_version: view.version(id),
          player: view.player(member?.playerId ?? null),
          seed_order: order,
          metadata: null,
          created_at: pool.created_at,
        }
      })
      return { ...pool, entries }
    },
  )
  done()
}

/** Entries have no row: their UUID follows from the round and the policy version. */
function entryId(roundId: string, versionId: string): string {
  const hex = createHash('sha256').update(`${roundId}/${versionId}`).digest('hex')
  // Version 8, variant 1: a UUID of somebody's own making.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
