// Reports on episodes, made by graders, diagnosers and reporters of uploaded packages. A report may quote the logs that its
// requester may read, so it is for the requester and the operator only.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { EpisodeReport, ReportRequest } from '../../protocol/episode-reports.ts'
import { Problem } from '../../protocol/problem.ts'
import type { ReportRecord } from '../../store/leagues/episode-reports.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { EpisodeEvidence } from '../episode-evidence.ts'
import { mayUse } from '../hosted-auth.ts'
import { bareId } from '../hosted-view.ts'
import { sendBytes } from '../send-bytes.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

/** Reports that are asked for per minute and address. */
const CREATED_PER_MINUTE = 60

export const reportRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, reports, roleDesk, blobs } = options
  const evidence = new EpisodeEvidence(options)
  const find = async (request: FastifyRequest, id: string): Promise<ReportRecord> => {
    const caller = await auth.require(request)
    const found = await reports.get(bareId(id))
    if (mayUse(caller, found.playerId)) return found
    throw new AppError('NOT_YOURS', `the report ${id} belongs to another player`)
  }
  app.post(
    '/v2/episode-requests/:id/reports',
    {
      config: { rateLimit: routeLimit(CREATED_PER_MINUTE) },
      schema: {
        ...describe('Let a grader, diagnoser or reporter of an uploaded package report on an episode'),
        params: Id,
        body: ReportRequest,
        response: { 200: EpisodeReport, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const { id } = await evidence.findEnded(request.params.id)
      return reportOf(await roleDesk.create(playerId, id, request.body))
    },
  )
  app.get(
    '/v2/episode-requests/:id/reports',
    {
      schema: {
        ...describe('Reports on an episode that the caller has asked for; all of them for the operator'),
        params: Id,
        response: { 200: z.array(EpisodeReport), '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const { id } = await evidence.find(request.params.id)
      return (await reports.list(id, playerId)).map(reportOf)
    },
  )
  app.get(
    '/v2/episode-reports/:id',
    { schema: { ...describe('One report'), params: Id, response: { 200: EpisodeReport, '4xx': Problem } } },
    async (request) => reportOf(await find(request, request.params.id)),
  )
  const send = async (
    report: ReportRecord,
    part: 'output' | 'log',
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  ): Promise<FastifyReply> => {
    const name = report[part]
    if (name === null) throw new AppError('UNKNOWN_UPLOAD', `the report rep_${report.id} has no ${part}`)
    return sendBytes(request, reply, await blobs.open(name))
  }
  app.get(
    '/v2/episode-reports/:id/output',
    { schema: { ...describe('The file that a role has written: JSON of a grader, else a zip'), params: Id } },
    async (request, reply) => {
      const report = await find(request, request.params.id)
      const file = FILES[report.role]
      void reply
        .type(file.endsWith('.json') ? 'application/json' : 'application/zip')
        .header('content-disposition', `attachment; filename="${file}"`)
      return send(report, 'output', { request, reply })
    },
  )
  app.get(
    '/v2/episode-reports/:id/log',
    { schema: { ...describe('The end of what a role has printed'), params: Id } },
    async (request, reply) => {
      const report = await find(request, request.params.id)
      return send(report, 'log', { request, reply: reply.type('text/plain; charset=utf-8') })
    },
  )
  done()
}

const FILES = { grader: 'grade.json', diagnoser: 'diagnosis.zip', reporter: 'report.zip' } as const

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const reportOf = (report: ReportRecord): EpisodeReport => ({
  id: `rep_${report.id}`,
  episode_request_id: `ereq_${report.episodeId}`,
  coworld_id: `cow_${report.coworldId}`,
  role: report.role,
  role_id: report.roleId,
  target: report.target,
  status: report.status,
  grade: report.grade,
  has_output: report.output !== null,
  has_log: report.log !== null,
  error: report.error,
  created_at: new Date(report.createdAt).toISOString(),
  started_at: iso(report.startedAt),
  completed_at: iso(report.endedAt),
})
