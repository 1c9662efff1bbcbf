// The command log over HTTP: what agents did, newest first.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { CommandFilters, CommandPage, MAX_COMMAND_PAGE } from '../../protocol/command-log.ts'
import { Problem } from '../../protocol/problem.ts'
import type { CommandLog } from '../../store/command-log.ts'

const CommandQuery = CommandFilters.extend({
  min_score: z.coerce.number().exactOptional(),
  limit: z.coerce.number().int().min(1).max(MAX_COMMAND_PAGE).default(100),
  offset: z.coerce.number().int().min(0).default(0),
  cursor: z.string().max(100).exactOptional(),
})

export const commandRoutes: FastifyPluginCallbackZod<{ log: CommandLog }> = (app, { log }, done) => {
  app.get(
    '/api/commands',
    {
      schema: {
        summary: 'Commands of every adapter, newest first (from this machine only)',
        tags: ['commands'],
        querystring: CommandQuery,
        response: { 200: CommandPage, '4xx': Problem, '5xx': Problem },
      },
    },
    async ({ ip, query }) => {
      // The log shows what every agent sees and thinks: in a match that is nobody else's business.
      if (!['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(ip)) {
        throw new AppError('TOKEN_REFUSED', 'the command log is read from the machine of the server alone', {
          hint: 'Call it there, or through a tunnel.',
        })
      }
      const { limit, offset, cursor, ...filters } = query
      return log.query(filters, { limit, offset, ...(cursor === undefined ? {} : { cursor }) })
    },
  )
  done()
}
