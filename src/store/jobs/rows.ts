// Converts jobs between their columns and their record in code.
import { z } from 'zod'
import { parseJson } from '../../kernel/parse.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { Problem } from '../../protocol/problem.ts'
import { readJsonColumn } from '../columns.ts'
import type { JobTable } from './tables.ts'

/** `failed`: no attempts are left. `cancelled`: cancelled on request before it was done. */
export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** One job. Instants are milliseconds UTC since 1970. */
export interface JobRecord {
  readonly id: number
  readonly queue: string
  readonly status: JobStatus
  /** Higher ones run first. */
  readonly priority: number
  readonly payload: JsonValue
  readonly dedupeKey: string | null
  /** Earliest start. */
  readonly runAt: number
  /** How often a worker has started it. */
  readonly attempts: number
  readonly maxAttempts: number
  readonly worker: string | null
  readonly isCancelAsked: boolean
  /** The last progress report of its worker; null: none. */
  readonly progress: JsonValue
  readonly result: JsonValue
  /** Why the last attempt failed. */
  readonly error: Problem | null
  readonly createdAt: number
  /** When the last attempt began. */
  readonly startedAt: number | null
  readonly endedAt: number | null
}

/** A job claimed by a worker. `lease` proves the claim: without it the job cannot be changed. */
export interface ClaimedJob extends JobRecord {
  readonly lease: string
}

/** A row as read. */
export type JobRow = Omit<JobTable, 'id'> & { readonly id: number }

const Status = z.enum(JOB_STATUSES)

/** @throws AppError STORE_CORRUPT when a stored row does not fit its schema */
export function fromJobRow(row: JobRow): JobRecord {
  const json = (text: string | null, what: string): JsonValue => (text === null ? null : parseJson(text, what))
  return {
    id: Number(row.id),
    queue: row.queue,
    status: readJsonColumn(Status, JSON.stringify(row.status), 'status'),
    priority: row.priority,
    payload: json(row.payload, 'payload'),
    dedupeKey: row.dedupe_key,
    runAt: row.run_at,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    worker: row.worker,
    isCancelAsked: row.cancel_asked === 1,
    progress: json(row.progress, 'progress'),
    result: json(row.result, 'result'),
    error: row.error === null ? null : readJsonColumn(Problem, row.error, 'error'),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}
