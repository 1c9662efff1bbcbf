// The command log over HTTP: the commands of agents, newest first.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import {
  CommandCount,
  CommandFilters,
  CommandLogRow,
  CommandPage,
  MAX_COMMAND_PAGE,
} from '../../protocol/command-log.ts'
import { Problem } from '../../protocol/problem.ts'
import type { CommandLog } from '../../store/command-log.ts'
import type { Locality } from '../../transport/locality.ts'
import type { Peer } from '../../transport/proxies.ts'

const Filters = CommandFilters.extend({ min_score: z.coerce.number().exactOptional() })
const CommandQuery = Filters.extend({
  limit: z.coerce.number().int().min(1).max(MAX_COMMAND_PAGE).default(100),
  offset: z.coerce.number().int().min(0).default(0),
  cursor: z.string().max(100).exactOptional(),
})

interface Options {
  readonly log: CommandLog
  readonly locality: Locality
}

export const commandRoutes: FastifyPluginCallbackZod<Options> = (app, { log, locality }, done) => {
  // The log shows what every agent sees and thinks, which is private during a match.
  const refuse = (raw: Peer): void => {
    const refusal = locality.refuse(raw)
    if (refusal) throw refusal
  }
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
      refuse(raw)
      const { limit, offset, cursor, ...filters } = query
      return log.query(filters, { limit, offset, ...(cursor === undefined ? {} : { cursor }) })
    },
  )
  app.get(
    '/api/commands/count',
    {
      schema: {
        summary: 'Number of commands that match the filters (from this machine only)',
        tags: ['commands'],
        querystring: Filters,
        response: { 200: CommandCount, '4xx': Problem, '5xx': Problem },
      },
    },
    async ({ raw, query }) => {
      refuse(raw)
      return { count: await log.count(query) }
    },
  )
  app.get(
    '/api/commands/:id',
    {
      schema: {
        summary: 'One command by its id (from this machine only)',
        tags: ['commands'],
        params: z.strictObject({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
        response: { 200: CommandLogRow, '4xx': Problem, '5xx': Problem },
      },
    },
    async ({ raw, params: { id } }) => {
      refuse(raw)
      const row = await log.get(id)
      if (row) return row
      throw new AppError('UNKNOWN_COMMAND', `there is no command ${id} in the log`)
    },
  )
  done()
}
