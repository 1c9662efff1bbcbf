// Whether the server lives, and whether it is ready.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'

const Health = z.strictObject({ status: z.literal('ok') })
const Readiness = z.strictObject({ ok: z.boolean(), live_episodes: z.int() })

export const healthRoutes: FastifyPluginCallbackZod<{ isReady: () => boolean; liveEpisodes: () => number }> = (
  app,
  options,
  done,
) => {
  app.get(
    '/healthz',
    { schema: { summary: 'Whether the process lives', tags: ['health'], response: { 200: Health } } },
    () => ({ status: 'ok' as const }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether interrupted episodes have been taken up again and requests are welcome',
        tags: ['health'],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const ok = options.isReady()
      return reply.code(ok ? 200 : 503).send({ ok, live_episodes: options.liveEpisodes() })
    },
  )
  done()
}
