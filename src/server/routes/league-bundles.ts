// Bundles of episodes: results, replay, error and log of the game are for everyone, logs and zips of a policy for its
// owner. A bundle is written while it is sent.
import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { BundleToken } from '../../protocol/bundle.ts'
import { bundleStream } from '../../runner/bundle.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { EpisodeEvidence } from '../episode-evidence.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

/** Per minute and address: a bundle is made for each request. */
const BUNDLES_PER_MINUTE = 60
/** Words of other hosts for our words. */
const ALIASES: Readonly<Record<string, BundleToken>> = { player_artifact: 'player_artifacts', game_log: 'game_logs' }

export const bundleRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const evidence = new EpisodeEvidence(options)
  app.get(
    '/v2/episode-requests/:id/bundle',
    {
      config: { rateLimit: routeLimit(BUNDLES_PER_MINUTE) },
      schema: {
        ...describe('What is kept of an episode, as one zip; parts that the caller may not have are left out'),
        params: Id,
        querystring: z.object({ include: z.string().max(200).optional() }),
      },
    },
    async (request, reply) => {
      const { include: words } = request.query
      const include = words === undefined ? undefined : tokensOf(words)
      const episode = await evidence.findEnded(request.params.id)
      const parts = await evidence.bundleParts(episode, await options.auth.find(request))
      const name = `ereq_${episode.id}.zip`
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(bundleStream(parts, include)))
    },
  )
  done()
}

function tokensOf(text: string): BundleToken[] {
  return text.split(',').map((word) => {
    const trimmed = word.trim()
    const { data } = BundleToken.safeParse(ALIASES[trimmed] ?? trimmed)
    if (data) return data
    throw new AppError('VALIDATION_ERROR', `${JSON.stringify(word.slice(0, 40))} is no part of a bundle`, {
      hint: `Use: ${BundleToken.options.join(', ')}.`,
    })
  })
}
