// Evaluations of this server's data folder: the list, a report, its rows, and the journals behind them.
import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import {
  EVALUATION_OUTCOMES,
  EvaluationDetail,
  EvaluationEpisodePage,
  EvaluationRow,
  EvaluationSummary,
} from '../../protocol/evaluation.ts'
import { Problem } from '../../protocol/problem.ts'
import type { EvaluationRecord, Evaluations } from '../../store/evaluations/evaluations.ts'
import { listEvaluationEpisodes } from '../evaluation-episodes.ts'

interface Options {
  readonly evaluations: Evaluations
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
}

const Params = z.strictObject({ id: z.string().min(1).max(100) })
const RowParams = z.strictObject({ id: z.string().min(1).max(100), number: z.coerce.number().int().min(0) })
const Limit = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })
const RowQuery = z.strictObject({
  after: z.coerce.number().int().min(-1).default(-1).describe('Rows after this number.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

const EpisodeQuery = z.strictObject({
  policy: z.string().max(80).optional().describe('Only episodes with this policy.'),
  opponent: z.string().max(80).optional().describe('Only episodes with this policy too.'),
  outcome: z.enum(EVALUATION_OUTCOMES).optional(),
  after: z.coerce.number().int().min(-1).default(-1).describe('Episodes after this number.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const evaluationRoutes: FastifyPluginCallbackZod<Options> = (app, { evaluations, blobs, worlds }, done) => {
  const describe = (summary: string) => ({ summary, tags: ['evaluations'] })
  app.get(
    '/api/evaluations',
    {
      schema: {
        ...describe('Evaluations, newest first'),
        querystring: Limit,
        response: { 200: z.array(EvaluationSummary), '4xx': Problem },
      },
    },
    async ({ query }) => {
      const found = await evaluations.list(query.limit)
      return Promise.all(found.map((each) => summarize(each, evaluations)))
    },
  )
  app.get(
    '/api/evaluations/:id',
    {
      schema: {
        ...describe('One evaluation, with its report once it has ended'),
        params: Params,
        response: { 200: EvaluationDetail, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const record = await evaluations.get(params.id)
      return { ...(await summarize(record, evaluations)), report: record.report }
    },
  )
  app.get(
    '/api/evaluations/:id/rows',
    {
      schema: {
        ...describe('The outcome of each episode, ordered by number'),
        params: Params,
        querystring: RowQuery,
        response: { 200: z.array(EvaluationRow), '4xx': Problem },
      },
    },
    async ({ params, query }) => {
      await evaluations.get(params.id)
      return evaluations.page(params.id, query)
    },
  )
  app.get(
    '/api/evaluations/:id/episodes',
    {
      schema: {
        ...describe('The episodes behind a figure, with their players, ordered by number'),
        params: Params,
        querystring: EpisodeQuery,
        response: { 200: EvaluationEpisodePage, '4xx': Problem },
      },
    },
    async ({ params, query: { policy, opponent, outcome, after, limit } }) => {
      const policies = [policy, opponent].filter((name) => name !== undefined)
      const filter = { policies, outcome, after, limit }
      return listEvaluationEpisodes(await evaluations.get(params.id), filter, { evaluations, worlds })
    },
  )
  app.get(
    '/api/evaluations/:id/rows/:number/journal.jsonl',
    { schema: { ...describe('The journal of one episode, as text'), params: RowParams } },
    async ({ params }, reply) => {
      const [row] = await evaluations.page(params.id, { after: params.number - 1, limit: 1 })
      if (row?.number !== params.number || row.journal === null) {
        throw new AppError('UNKNOWN_EPISODE', `evaluation ${params.id} has no journal of episode ${params.number}`)
      }
      return reply.type('application/jsonl').send(Readable.from(readBlob(blobs, row.journal)))
    },
  )
  done()
}

async function summarize(record: EvaluationRecord, evaluations: Evaluations): Promise<EvaluationSummary> {
  const { played, failed, timedOut } = await evaluations.progress(record.id)
  return {
    id: record.id,
    status: record.status,
    world: record.world,
    spec: record.spec,
    played,
    failed,
    timed_out: timedOut,
    created_at: new Date(record.createdAt).toISOString(),
    ended_at: record.endedAt === null ? null : new Date(record.endedAt).toISOString(),
  }
}
