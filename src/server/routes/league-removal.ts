// Removal of uploads: a package by its owner, and what nothing uses any more by the operator.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { PruneReport, PruneRequest, RemovedCoworld } from '../../protocol/hosted-images.ts'
import { Problem } from '../../protocol/problem.ts'
import { mayUse } from '../hosted-auth.ts'
import { bareId } from '../hosted-view.ts'
import { describe, Flag, Id, type LeagueRouteOptions } from './league-queries.ts'

const HOUR_MS = 3_600_000

export const removalRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { auth, coworlds, janitor }, done) => {
  app.delete(
    '/v2/coworlds/:id',
    {
      schema: {
        ...describe('Remove a package of yours that nothing uses; with dry_run only say whether that would work'),
        params: Id,
        querystring: z.object({ dry_run: Flag }),
        response: { 200: RemovedCoworld, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const { id, name, version, playerId } = await coworlds.get(bareId(request.params.id))
      if (!mayUse(caller, playerId)) throw new AppError('NOT_YOURS', `the coworld ${name} belongs to another player`)
      const isDryRun = request.query.dry_run === 'true'
      await janitor.removePackage(id, isDryRun)
      return { coworld_id: `cow_${id}`, name, version, dry_run: isDryRun }
    },
  )
  app.post(
    '/v2/coworlds/prune',
    {
      schema: {
        ...describe(
          'Remove refused packages, images that nothing names, and bytes that no image needs (operator only)',
        ),
        body: PruneRequest,
        response: { 200: PruneReport, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      if (playerId !== null) {
        throw new AppError('NOT_YOURS', 'only the operator of the server removes what nobody uses', {
          hint: 'Send the admin key as X-Auth-Token, or remove packages of your own: DELETE /v2/coworlds/{id}',
        })
      }
      const { dry_run: isDryRun, grace_hours: hours } = request.body
      return janitor.prune({ isDryRun, graceMs: hours * HOUR_MS })
    },
  )
  done()
}
