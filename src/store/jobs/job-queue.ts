// A queue of jobs in the store. Workers claim jobs under a lease. Jobs are repeated after failures and crashes, can be
// cancelled, and are deleted some time after their end. A job may start more than once; it is completed at most once.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { type Backoff, backoffMs } from '../../lib/retry.ts'
import type { JsonValue } from '../../protocol/json.ts'
import type { Problem } from '../../protocol/problem.ts'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import { type ClaimedJob, fromJobRow, JOB_STATUSES, type JobRecord, type JobRow, type JobStatus } from './rows.ts'

export interface NewJob {
  readonly queue: string
  readonly payload: JsonValue
  /** Higher ones run first; default 0. */
  readonly priority?: number
  /** No second job with this key is created while one is queued or running in the queue. */
  readonly dedupeKey?: string
  /** Earliest start, in milliseconds UTC. Default: now. */
  readonly runAt?: number
  /** Maximum attempts, 1 or more. Default 3. */
  readonly maxAttempts?: number
}

export interface ClaimRequest {
  readonly queues: readonly string[]
  /** Names the worker in messages. */
  readonly worker: string
  /** Milliseconds after which another worker may claim the job, unless a heartbeat renews the lease. */
  readonly leaseMs: number
  /** Maximum number of jobs to claim; default 1. */
  readonly limit?: number
}

/** The fields that prove a claim. */
export type Claim = Pick<ClaimedJob, 'id' | 'lease'>

/** `lost`: another worker has the job, or it has ended; the worker must stop. */
export type Heartbeat = 'held' | 'cancel' | 'lost'

/** `retried`: it runs again later. `lost`: the claim no longer holds, and nothing was changed. */
export type Failure = 'retried' | 'failed' | 'cancelled' | 'lost'

export interface JobFilters {
  readonly queue?: string
  readonly status?: JobStatus
}

const DEFAULT_ATTEMPTS = 3
/** Delays between attempts, in milliseconds. */
const RETRY: Backoff = { firstMs: 1000, longestMs: 5 * 60_000 }
export const MAX_JOB_PAGE = 500
/** The duplicate may end between the insert that conflicted with it and the query for it. */
const DEDUPE_TRIES = 10
/** Rows per delete statement, so that no writer waits long. */
const PRUNE_BATCH = 1000

const LEASE_LOST: Problem = {
  code: 'INTERRUPTED',
  message: 'the worker of the last attempt stopped without an answer',
  hint: 'Look in the log of the worker, then enqueue the job again.',
}

interface JobQueueOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly retry?: Backoff
}

export class JobQueue {
  readonly #store: Store
  readonly #now: () => number
  readonly #retry: Backoff

  constructor(store: Store, { now = Date.now, retry = RETRY }: JobQueueOptions = {}) {
    this.#store = store
    this.#now = now
    this.#retry = retry
  }

  /**
   * Adds a job. It is durable when this resolves.
   * @returns `isNew: false` with the id of the job that has the same `dedupeKey`
   */
  async enqueue(job: NewJob): Promise<{ id: number; isNew: boolean }> {
    const { queue, payload, priority = 0, runAt = this.#now(), maxAttempts = DEFAULT_ATTEMPTS } = job
    if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
      throw new AppError('VALIDATION_ERROR', 'maxAttempts must be a whole number from 1')
    }
    const dedupe_key = job.dedupeKey === undefined ? null : storedText(job.dedupeKey)
    for (let attempt = 0; attempt < DEDUPE_TRIES; attempt++) {
      const inserted = await this.#store.db
        .insertInto('jobs')
        .values({
          queue,
          status: 'queued',
          priority,
          payload: writeJsonColumn(payload),
          dedupe_key,
          run_at: runAt,
          attempts: 0,
          max_attempts: maxAttempts,
          cancel_asked: 0,
          created_at: this.#now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (inserted) return { id: Number(inserted.id), isNew: true }
      const known = await this.#store.db
        .selectFrom('jobs')
        .select('id')
        .where('queue', '=', queue)
        .where('dedupe_key', '=', dedupe_key)
        .where('status', 'in', ['queued', 'running'])
        .executeTakeFirst()
      if (known) return { id: known.id, isNew: false }
    }
    throw new AppError(
      'STORE_BUSY',
      `the job ${dedupe_key} of queue ${queue} cannot be added: other processes keep adding it`,
    )
  }

  /** Claims the next jobs by priority, then by age. Jobs of crashed workers are claimed again, or fail. */
  async claim({ queues, worker, leaseMs, limit = 1 }: ClaimRequest): Promise<ClaimedJob[]> {
    await this.#recoverLost()
    if (queues.length === 0 || limit < 1) return []
    const now = this.#now()
    const lease = randomUUID()
    const skipping = this.#store.kind === 'postgres' ? sql`for update skip locked` : sql``
    const found = await sql<JobRow>`
      with next as materialized (
        select id from jobs where status = 'queued' and queue in (${sql.join(queues)}) and run_at <= ${now}
        order by priority desc, id limit ${limit} ${skipping}
      )
      update jobs set status = 'running', attempts = attempts + 1, worker = ${worker}, lease = ${lease},
        lease_until = ${now + leaseMs}, started_at = ${now}, progress = null
      where id in (select id from next) and status = 'queued'
      returning *`.execute(this.#store.db)
    return found.rows
      .map((row) => ({ ...fromJobRow(row), lease }))
      .sort((a, b) => b.priority - a.priority || a.id - b.id)
  }

  /** Returns jobs with an expired lease to their queue; ends those that are cancelled or have no attempts left. */
  async #recoverLost(): Promise<void> {
    const now = this.#now()
    const error = JSON.stringify(LEASE_LOST)
    await sql`
      update jobs set
        status = case when cancel_asked = 1 then 'cancelled' when attempts < max_attempts then 'queued' else 'failed' end,
        ended_at = case when cancel_asked = 1 or attempts >= max_attempts then ${now} else ended_at end,
        error = ${error}, worker = null, lease = null, lease_until = null
      where status = 'running' and lease_until < ${now}`.execute(this.#store.db)
  }

  /**
   * Renews the lease of a job, and stores its progress.
   * @param progress undefined leaves it unchanged
   */
  async heartbeat(claim: Claim, leaseMs: number, progress?: JsonValue): Promise<Heartbeat> {
    const row = await this.#store.db
      .updateTable('jobs')
      .set({
        lease_until: this.#now() + leaseMs,
        ...(progress === undefined ? {} : { progress: writeJsonColumn(progress) }),
      })
      .where('id', '=', claim.id)
      .where('lease', '=', claim.lease)
      .returning('cancel_asked')
      .executeTakeFirst()
    if (!row) return 'lost'
    return row.cancel_asked === 1 ? 'cancel' : 'held'
  }

  /**
   * Completes a job with its result.
   * @returns false: the claim is no longer valid, and nothing was changed
   */
  async complete(claim: Claim, result: JsonValue): Promise<boolean> {
    const done = await this.#store.db
      .updateTable('jobs')
      .set({
        status: 'done',
        result: writeJsonColumn(result),
        error: null,
        ended_at: this.#now(),
        lease: null,
        lease_until: null,
      })
      .where('id', '=', claim.id)
      .where('lease', '=', claim.lease)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }

  /**
   * Ends a failed attempt. The job runs again after a delay that doubles with each attempt, until no attempts are left.
   * @param isFinal the failure would recur, so there is no further attempt
   */
  fail(claim: Claim, error: Problem, { isFinal = false } = {}): Promise<Failure> {
    return this.#store.transaction(async (tx) => {
      const job = await tx
        .selectFrom('jobs')
        .select(['attempts', 'max_attempts', 'cancel_asked'])
        .where('id', '=', claim.id)
        .where('lease', '=', claim.lease)
        // A cancel request that arrives between this query and the update must not be missed.
        .$if(this.#store.kind === 'postgres', (query) => query.forUpdate())
        .executeTakeFirst()
      if (!job) return 'lost'
      const isLast = isFinal || job.attempts >= job.max_attempts
      const status = job.cancel_asked === 1 ? 'cancelled' : isLast ? 'failed' : 'queued'
      const now = this.#now()
      const done = await tx
        .updateTable('jobs')
        .set({
          status,
          error: JSON.stringify(error),
          worker: null,
          lease: null,
          lease_until: null,
          ...(status === 'queued'
            ? { run_at: now + Math.round(backoffMs(this.#retry, job.attempts - 1)) }
            : { ended_at: now }),
        })
        .where('id', '=', claim.id)
        .where('lease', '=', claim.lease)
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) return 'lost'
      return status === 'queued' ? 'retried' : status
    })
  }

  /**
   * Returns an unfinished job to the queue, for a worker that is stopping. The attempt does not count, and the job may
   * run at once.
   * @returns false: the claim is no longer valid, and nothing was changed
   */
  async release(claim: Claim): Promise<boolean> {
    const now = this.#now()
    const done = await sql`
      update jobs set status = case when cancel_asked = 1 then 'cancelled' else 'queued' end,
        ended_at = case when cancel_asked = 1 then ${now} else ended_at end,
        attempts = attempts - 1, worker = null, lease = null, lease_until = null
      where id = ${claim.id} and lease = ${claim.lease} returning id`.execute(this.#store.db)
    return done.rows.length > 0
  }

  /**
   * Cancels a job. A queued job is cancelled at once; a running one is asked to stop at its next heartbeat, and may
   * still complete.
   * @returns its status afterwards; undefined if the job does not exist
   */
  async cancel(id: number): Promise<JobStatus | undefined> {
    const now = this.#now()
    await sql`
      update jobs set cancel_asked = 1,
        ended_at = case when status = 'queued' then ${now} else ended_at end,
        status = case when status = 'queued' then 'cancelled' else status end
      where id = ${id} and status in ('queued', 'running')`.execute(this.#store.db)
    return (await this.get(id))?.status
  }

  /** Cancels the jobs with these keys in these queues, as `cancel` does. */
  async cancelKeyed(queues: readonly string[], keys: readonly string[]): Promise<void> {
    if (queues.length === 0 || keys.length === 0) return
    const now = this.#now()
    await sql`
      update jobs set cancel_asked = 1,
        ended_at = case when status = 'queued' then ${now} else ended_at end,
        status = case when status = 'queued' then 'cancelled' else status end
      where queue in (${sql.join(queues)}) and dedupe_key in (${sql.join(keys)})
        and status in ('queued', 'running')`.execute(this.#store.db)
  }

  /** The newest job of each key in these queues, until jobs are pruned. */
  async newestKeyed(queues: readonly string[], keys: readonly string[]): Promise<ReadonlyMap<string, JobRecord>> {
    if (queues.length === 0 || keys.length === 0) return new Map()
    const rows = await this.#store.db
      .selectFrom('jobs')
      .selectAll()
      .where('queue', 'in', [...queues])
      .where('dedupe_key', 'in', [...keys])
      .orderBy('id')
      .execute()
    return new Map(rows.map((row) => [row.dedupe_key ?? '', fromJobRow(row)]))
  }

  /**
   * Restarts a failed or cancelled job from its first attempt.
   * @throws AppError VALIDATION_ERROR for a job that is queued, running or done, or that has a successor in the queue
   */
  async retry(id: number): Promise<void> {
    const now = this.#now()
    const again = await sql<{ id: number }>`
      update jobs set status = 'queued', attempts = 0, cancel_asked = 0, run_at = ${now}, ended_at = null, error = null,
        progress = null
      where id = ${id} and status in ('failed', 'cancelled') and (dedupe_key is null or not exists (
        select 1 from jobs other where other.queue = jobs.queue and other.dedupe_key = jobs.dedupe_key
          and other.status in ('queued', 'running')))
      returning id`.execute(this.#store.db)
    if (again.rows.length > 0) return
    throw new AppError('VALIDATION_ERROR', `job ${id} cannot be run again`, {
      hint: 'Only failed and cancelled jobs can, and only while no other one does the same work.',
    })
  }

  async get(id: number): Promise<JobRecord | undefined> {
    const row = await this.#store.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
    return row && fromJobRow(row)
  }

  /**
   * Jobs, newest first.
   * @param before an id: the page starts after it
   * @throws AppError VALIDATION_ERROR for a limit below 1 or above MAX_JOB_PAGE
   */
  async list(
    filters: JobFilters = {},
    { limit = 50, before }: { limit?: number; before?: number } = {},
  ): Promise<JobRecord[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_JOB_PAGE) {
      throw new AppError('VALIDATION_ERROR', `limit must be a whole number from 1 to ${MAX_JOB_PAGE}`)
    }
    let query = this.#store.db.selectFrom('jobs').selectAll().orderBy('id', 'desc').limit(limit)
    if (filters.queue !== undefined) query = query.where('queue', '=', filters.queue)
    if (filters.status !== undefined) query = query.where('status', '=', filters.status)
    if (before !== undefined) query = query.where('id', '<', before)
    return (await query.execute()).map(fromJobRow)
  }

  /** The number of jobs by status, in one queue or in all. */
  async counts(queue?: string): Promise<Record<JobStatus, number>> {
    let query = this.#store.db
      .selectFrom('jobs')
      .select(['status', ({ fn }) => fn.countAll<number>().as('count')])
      .groupBy('status')
    if (queue !== undefined) query = query.where('queue', '=', queue)
    const counts = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
    for (const row of await query.execute()) {
      const status = JOB_STATUSES.find((each) => each === row.status)
      if (status !== undefined) counts[status] = Number(row.count)
    }
    return counts
  }

  /**
   * Deletes jobs that ended before an instant.
   * @returns how many
   */
  async prune(before: number): Promise<number> {
    for (let deleted = 0; ; ) {
      const done = await sql<{ id: number }>`
        delete from jobs where id in (select id from jobs where ended_at < ${before} limit ${PRUNE_BATCH})
        returning id`.execute(this.#store.db)
      deleted += done.rows.length
      if (done.rows.length < PRUNE_BATCH) return deleted
    }
  }
}
