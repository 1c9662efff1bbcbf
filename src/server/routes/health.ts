// Liveness and readiness of the server.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ReadyState } from '../../protocol/about.ts'
import type { Readiness } from '../readiness.ts'

const Health = z.strictObject({ status: z.literal('ok') })

/** Seconds after which a load balancer may ask again. */
const RETRY_AFTER_S = 2

interface Options {
  readonly readiness: Readiness
  readonly liveEpisodes: () => number
}

export const healthRoutes: FastifyPluginCallbackZod<Options> = (app, { readiness, liveEpisodes }, done) => {
  app.get(
    '/healthz',
    { schema: { summary: 'Liveness of the process', tags: ['health'], response: { 200: Health } } },
    () => ({ status: 'ok' as const }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Readiness of the server: database, disk, journals, resumed episodes',
        tags: ['health'],
        response: { 200: ReadyState, 503: ReadyState },
      },
    },
    async (_request, reply) => {
      const problems = [...(await readiness.problems())]
      const ok = problems.length === 0
      if (!ok) void reply.header('retry-after', RETRY_AFTER_S)
      return reply.code(ok ? 200 : 503).send({ ok, live_episodes: liveEpisodes(), problems })
    },
  )
  done()
}
