// For administrators: the job queue with retry and cancel, text games in memory with stop, and storage.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LiveSession } from '../../adapters/session/live-session.ts'
import type { SessionRegistry } from '../../adapters/session/registry.ts'
import { AppError } from '../../kernel/errors.ts'
import {
  JOB_STATES,
  OperateJob,
  OperateJobs,
  type OperateSession,
  OperateSessions,
  OperateStorage,
  Stopped,
  StopRequest,
} from '../../protocol/operate.ts'
import { Problem } from '../../protocol/problem.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import type { JobRecord } from '../../store/jobs/rows.ts'
import type { Locality } from '../../transport/locality.ts'
import { storageOf } from '../folder-sizes.ts'

interface Options {
  readonly jobs: JobQueue
  readonly sessions: SessionRegistry
  readonly dataDir: string
  readonly locality: Locality
}

/** Sessions of one answer. */
const MAX_SESSIONS = 200
const Failures = { '4xx': Problem, '5xx': Problem }
const JobParams = z.strictObject({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) })
const about = (summary: string) => ({ summary: `${summary} (from this machine only)`, tags: ['operate'] })

export const operateRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  app.addHook('onRequest', ({ raw }, _reply, next) => next(options.locality.refuse(raw)))
  app.register(jobRoutes, options)
  app.register(sessionStopRoutes, options)
  app.get(
    '/api/operate/storage',
    {
      schema: {
        ...about('What lies in the data folder, and what is left'),
        response: { 200: OperateStorage, ...Failures },
      },
    },
    () => storageOf(options.dataDir),
  )
  done()
}

const jobRoutes: FastifyPluginCallbackZod<Options> = (app, { jobs }, done) => {
  app.get(
    '/api/operate/jobs',
    {
      schema: {
        ...about('Jobs, newest first, and how many there are of each state'),
        querystring: z.strictObject({
          status: z.enum(JOB_STATES).exactOptional(),
          before: z.coerce.number().int().positive().exactOptional(),
          limit: z.coerce.number().int().min(1).max(200).default(20),
        }),
        response: { 200: OperateJobs, ...Failures },
      },
    },
    async ({ query: { limit, before, ...filters } }) => {
      const page = before === undefined ? { limit } : { limit, before }
      return { counts: await jobs.counts(), jobs: (await jobs.list(filters, page)).map(toWire) }
    },
  )
  app.post(
    '/api/operate/jobs/:id/cancel',
    {
      schema: {
        ...about('Cancel a job: a running one stops at its next sign of life'),
        params: JobParams,
        response: { 200: OperateJob, ...Failures },
      },
    },
    async ({ params }) => {
      await jobs.cancel(params.id)
      return toWire(await find(jobs, params.id))
    },
  )
  app.post(
    '/api/operate/jobs/:id/retry',
    {
      schema: {
        ...about('Run a failed or cancelled job again'),
        params: JobParams,
        response: { 200: OperateJob, ...Failures },
      },
    },
    async ({ params }) => {
      await find(jobs, params.id)
      await jobs.retry(params.id)
      return toWire(await find(jobs, params.id))
    },
  )
  done()
}

/** @throws AppError NOT_FOUND */
async function find(jobs: JobQueue, id: number): Promise<JobRecord> {
  const job = await jobs.get(id)
  if (job) return job
  throw new AppError('NOT_FOUND', `There is no job ${id}.`)
}

const toWire = (job: JobRecord): OperateJob => ({
  id: job.id,
  queue: job.queue,
  status: job.status,
  attempts: job.attempts,
  max_attempts: job.maxAttempts,
  worker: job.worker,
  is_cancel_asked: job.isCancelAsked && job.status === 'running',
  progress: job.progress,
  error: job.error,
  created_at: job.createdAt,
  run_at: job.runAt,
  ended_at: job.endedAt,
})

const sessionStopRoutes: FastifyPluginCallbackZod<Options> = (app, { sessions }, done) => {
  app.get(
    '/api/operate/sessions',
    {
      schema: {
        ...about('Sessions of text games in memory'),
        response: { 200: OperateSessions, ...Failures },
      },
    },
    () => {
      // One that has ended stays until its player's connection goes.
      const played = sessions.all().filter(({ status }) => status !== 'closed')
      return { total: played.length, sessions: played.slice(0, MAX_SESSIONS).map(describeSession) }
    },
  )
  app.post(
    '/api/operate/sessions/:id/stop',
    {
      schema: {
        ...about('End a session of a text game'),
        params: z.strictObject({ id: z.string().min(1).max(100) }),
        body: StopRequest,
        response: { 200: Stopped, ...Failures },
      },
    },
    async ({ params, body }) => {
      const session = sessions.peek(params.id)
      if (!session) throw new AppError('UNKNOWN_SESSION', `This server does not play session ${params.id}.`)
      await session.exit(body.reason)
      return { stopped: params.id }
    },
  )
  done()
}

const describeSession = (session: LiveSession): OperateSession => ({
  id: session.facts.id,
  game: session.facts.gameName,
  status: session.status,
  turns: session.turns,
  is_connected: session.player.isConnected,
  idle_ms: session.idleMs,
})
