// The table of the job queue. Instants are milliseconds UTC; JSON is text; booleans are 0 and 1.
import type { Generated } from 'kysely'

export interface JobTable {
  id: Generated<number>
  queue: string
  status: string
  priority: number
  /** JSON. */
  payload: string
  /** At most one job of a queue with this key is queued or running. */
  dedupe_key: string | null
  run_at: number
  /** How often it has been claimed, releases not counted. */
  attempts: number
  max_attempts: number
  /** Name of the worker that holds the job, and the secret of its claim. */
  worker: string | null
  lease: string | null
  lease_until: number | null
  cancel_asked: number
  /** JSON. */
  progress: string | null
  /** JSON. */
  result: string | null
  /** JSON object: the last failure. */
  error: string | null
  created_at: number
  started_at: number | null
  ended_at: number | null
}

export interface JobTables {
  jobs: JobTable
}
