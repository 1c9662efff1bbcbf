// What administrators see of a server at work: jobs, sessions in memory, storage.
import { z } from 'zod'
import { JsonValue } from './json.ts'
import { Problem } from './problem.ts'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** A job of the queue. Instants are milliseconds UTC. */
export const OperateJob = z.strictObject({
  id: z.int(),
  queue: z.string(),
  status: z.enum(JOB_STATES),
  attempts: z.int(),
  max_attempts: z.int(),
  worker: z.string().nullable(),
  /** Asked to stop, and not stopped yet. */
  is_cancel_asked: z.boolean(),
  progress: JsonValue,
  error: Problem.nullable(),
  created_at: z.int(),
  run_at: z.int(),
  ended_at: z.int().nullable(),
})
export type OperateJob = z.infer<typeof OperateJob>

export const OperateJobs = z.strictObject({
  counts: z.record(z.enum(JOB_STATES), z.int()),
  jobs: z.array(OperateJob),
})
export type OperateJobs = z.infer<typeof OperateJobs>

/** A session of a text game that this server plays. */
export const OperateSession = z.strictObject({
  id: z.string(),
  game: z.string(),
  status: z.enum(['active', 'paused', 'closed']),
  turns: z.int(),
  is_connected: z.boolean(),
  /** Milliseconds since the last sign of life. */
  idle_ms: z.number().min(0),
})
export type OperateSession = z.infer<typeof OperateSession>

/** Sessions in the server's memory, and their number. */
export const OperateSessions = z.strictObject({ total: z.int(), sessions: z.array(OperateSession) })
export type OperateSessions = z.infer<typeof OperateSessions>

export const StopRequest = z.strictObject({ reason: z.string().trim().min(1).max(500) })
export const Stopped = z.strictObject({ stopped: z.string() })

/** What lies in the data folder, in bytes, and what the disk has left. */
export const OperateStorage = z.strictObject({
  free_bytes: z.number().min(0),
  total_bytes: z.number().min(0),
  /** The largest first. A database elsewhere is not in it. */
  parts: z.array(z.strictObject({ name: z.string(), bytes: z.number().min(0), files: z.int().min(0) })),
  /** Not everything was counted: there are too many files. */
  is_partial: z.boolean(),
})
export type OperateStorage = z.infer<typeof OperateStorage>
