// Runs one job: supervises its handler, renews its lease, and stores its result, whatever the handler does.
import { AppError } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Problem } from '../protocol/problem.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { ClaimedJob, JobRecord } from '../store/jobs/rows.ts'

export interface JobContext {
  /** Aborted when the job is cancelled, its lease is lost, or the worker stops. Then the handler has ABORT_MS to end. */
  readonly signal: AbortSignal
  /** Stores the progress of the job, with the next heartbeat. */
  report(progress: JsonValue): void
}

/**
 * Runs one job; `undefined` means a result of null. It may run again after a crash, so it must be repeatable.
 * An AppError that the caller must fix (a 4xx status) ends the job; anything else is retried.
 */
export type JobHandler = (job: JobRecord, context: JobContext) => Promise<JsonValue | undefined>

/** Called for what an operator should see: failed jobs with their cause, lost leases, a store that does not answer. */
export type JobFaultListener = (error: unknown, job: JobRecord | undefined) => void

/**
 * Milliseconds between heartbeats, or a third of the lease if that is less: this bounds how late a cancellation is
 * noticed.
 */
const HEARTBEAT_MS = 2000
/** Milliseconds that a handler has to end after its signal was aborted; then its job ends without it. */
export const ABORT_MS = 10_000

/** Statuses below 500 that are temporary: a conflict, too many requests. */
const PASSING_STATUSES: readonly number[] = [408, 409, 429]

type Stop = 'cancel' | 'lost' | 'stop'
type Ending = { readonly ok: true; readonly result: JsonValue } | { readonly ok: false; readonly error: unknown }

export interface JobRunOptions {
  readonly queue: JobQueue
  readonly job: ClaimedJob
  readonly handler: JobHandler
  readonly leaseMs: number
  readonly onFault: JobFaultListener
  /** For tests; default ABORT_MS. */
  readonly abortMs?: number | undefined
}

export class JobRun {
  readonly #options: JobRunOptions
  readonly #abort = new AbortController()
  /** Stops the heartbeats. */
  readonly #over = new AbortController()
  #stop: Stop | undefined
  #progress: JsonValue | undefined
  /** Settles when the job's end is stored, or its lease is lost. Never rejects. */
  readonly done: Promise<void>

  constructor(options: JobRunOptions) {
    this.#options = options
    this.done = this.#run()
  }

  /** Asks the handler to end, then returns the job to the queue, for another worker or a later start. */
  stop(): void {
    this.#end('stop')
  }

  #end(stop: Stop): void {
    if (this.#stop !== undefined) return
    this.#stop = stop
    const what = { cancel: 'the job was cancelled', lost: 'another worker has the job', stop: 'the worker stops' }
    this.#abort.abort(new AppError('INTERRUPTED', what[stop]))
  }

  async #run(): Promise<void> {
    const { job, onFault } = this.#options
    const beating = this.#beat()
    const ending = await this.#work()
    this.#over.abort()
    await beating
    try {
      await this.#store(ending)
    } catch (error) {
      // The lease expires, and another worker gets the job.
      onFault(error, job)
    }
  }

  /** How the handler ended; one that ignores its signal counts as failed. */
  async #work(): Promise<Ending> {
    const { handler, job, onFault, abortMs = ABORT_MS } = this.#options
    const { signal } = this.#abort
    const context: JobContext = {
      signal,
      report: (progress) => {
        this.#progress = progress
      },
    }
    const work = (async () => handler(job, context))().then(
      (result): Ending => ({ ok: true, result: result ?? null }),
      (error: unknown): Ending => ({ ok: false, error }),
    )
    const over = new AbortController()
    const deadline = new Promise<Ending>((resolve) => {
      const expire = async (): Promise<void> => {
        const isExpired = await sleep(abortMs, over.signal).then(
          () => true,
          () => false,
        )
        if (!isExpired) return
        const error = new AppError('INTERRUPTED', `job ${job.id} of ${job.queue} ignores its abort signal`)
        onFault(error, job)
        resolve({ ok: false, error })
      }
      signal.addEventListener('abort', () => void expire(), { once: true })
    })
    try {
      return await Promise.race([work, deadline])
    } finally {
      over.abort()
    }
  }

  /** Renews the lease until the handler has ended, or the lease is lost. */
  async #beat(): Promise<void> {
    const { leaseMs, job, onFault } = this.#options
    let heldUntil = Date.now() + leaseMs
    for (;;) {
      const isOver = await sleep(Math.min(HEARTBEAT_MS, leaseMs / 3), this.#over.signal).then(
        () => false,
        () => true,
      )
      if (isOver) return
      try {
        const answer = await this.#heartbeat()
        heldUntil = Date.now() + leaseMs
        if (answer === 'lost') return this.#end('lost')
        if (answer === 'cancel') this.#end('cancel')
      } catch (error) {
        onFault(error, job)
        if (Date.now() >= heldUntil) return this.#end('lost')
      }
    }
  }

  #heartbeat(): Promise<'held' | 'cancel' | 'lost'> {
    const { queue, job, leaseMs } = this.#options
    const progress = this.#progress
    this.#progress = undefined
    return queue.heartbeat(job, leaseMs, progress)
  }

  async #store(ending: Ending): Promise<void> {
    const { queue, job, onFault } = this.#options
    if (this.#stop === 'lost') return onFault(new AppError('INTERRUPTED', 'the lease was lost'), job)
    if (this.#progress !== undefined) await this.#heartbeat()
    if (ending.ok) {
      if (!(await queue.complete(job, ending.result))) onFault(new AppError('INTERRUPTED', 'the lease was lost'), job)
      return
    }
    if (this.#stop === 'stop') {
      await queue.release(job)
      return
    }
    if (this.#stop !== 'cancel') onFault(ending.error, job)
    await queue.fail(job, toProblem(ending.error), { isFinal: isFinal(ending.error) })
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.toProblem()
  return new AppError('RUN_FAILED', error instanceof Error ? error.message : String(error)).toProblem()
}

function isFinal(error: unknown): boolean {
  return error instanceof AppError && error.status < 500 && !PASSING_STATUSES.includes(error.status)
}
