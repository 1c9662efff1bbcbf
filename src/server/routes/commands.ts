// The command log over HTTP: what agents did, newest first.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CommandFilters, CommandPage, MAX_COMMAND_PAGE } from '../../protocol/command-log.ts'
import { Problem } from '../../protocol/problem.ts'
import type { CommandLog } from '../../store/command-log.ts'
import type { Locality } from '../../transport/locality.ts'

const CommandQuery = CommandFilters.extend({
  min_score: z.coerce.number().exactOptional(),
  limit: z.coerce.number().int().min(1).max(MAX_COMMAND_PAGE).default(100),
  offset: z.coerce.number().int().min(0).default(0),
  cursor: z.string().max(100).exactOptional(),
})

interface Options {
  readonly log: CommandLog
  readonly locality: Locality
}

export const commandRoutes: FastifyPluginCallbackZod<Options> = (app, { log, locality }, done) => {
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
    async ({ raw, query }) => {
      // The log shows what every agent sees and thinks, which is private during a match.
      const refusal = locality.refuse(raw)
      if (refusal) throw refusal
      const { limit, offset, cursor, ...filters } = query
      return log.query(filters, { limit, offset, ...(cursor === undefined ? {} : { cursor }) })
    },
  )
  done()
}
