// What is kept of an episode of a league: results, journal, logs of its players.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { logBlob, logPrefix } from '../../league/episode-player.ts'
import { mayUse } from '../hosted-auth.ts'
import { findEpisode } from './league-episodes.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

export const leagueArtefactRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (
  app,
  { leagues, rounds, blobs, auth },
  done,
) => {
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
      const { id } = await findEpisode(rounds, params.id)
      const names: string[] = []
      for await (const { name } of blobs.list(logPrefix(id)))
        names.push(`policy_agent_${name.slice(logPrefix(id).length)}`)
      return names
    },
  )
  app.get(
    '/jobs/:id/policy-logs/:slot',
    {
      schema: {
        ...describe('The log of a slot, for the owner of the policy that played it'),
        params: Id.extend({ slot: z.coerce.number().int().min(0).max(1000) }),
      },
    },
    async (request, reply) => {
      const { slot } = request.params
      const caller = await auth.require(request)
      const { id, request: wanted } = await findEpisode(rounds, request.params.id)
      const version = wanted.policy_version_ids[slot]
      const name = logBlob(id, slot)
      if (version === undefined || !(await blobs.exists(name))) {
        throw new AppError('UNKNOWN_EPISODE', `episode ${request.params.id} has no log of agent ${slot}`)
      }
      if (!mayUse(caller, (await leagues.policyVersion(version)).playerId)) {
        throw new AppError('NOT_YOURS', `agent ${slot} is the policy of another player`)
      }
      const parts: Buffer[] = []
      for await (const part of readBlob(blobs, name)) parts.push(part)
      return reply.type('text/plain; charset=utf-8').send(Buffer.concat(parts))
    },
  )
  done()
}
