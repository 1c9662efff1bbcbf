// Works on the jobs of the store: claims them, runs their handlers, a few at a time, and stops gracefully.
import { AppError } from '../kernel/errors.ts'
import { type Backoff, backoffMs } from '../lib/retry.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { ClaimedJob } from '../store/jobs/rows.ts'
import { type JobFaultListener, type JobHandler, JobRun } from './job-run.ts'

export type { JobHandler } from './job-run.ts'

export interface JobWorkerOptions {
  readonly queue: JobQueue
  /** Names this worker for people, such as host and process. */
  readonly name: string
  /** The handler of each queue. */
  readonly handlers: ReadonlyMap<string, JobHandler>
  readonly onFault: JobFaultListener
  /** Concurrent jobs; default 1. */
  readonly concurrency?: number
  /** Milliseconds after which another worker gets the job of a crashed one; default 30,000. */
  readonly leaseMs?: number
  /** Waits between polls of empty queues; `wake` ends a wait. */
  readonly poll?: Backoff
  /** Milliseconds that a handler has to end after an abort; default 10,000. */
  readonly abortMs?: number
}

const LEASE_MS = 30_000
const POLL: Backoff = { firstMs: 50, longestMs: 2000 }

export class JobWorker {
  readonly #options: JobWorkerOptions
  readonly #running = new Set<JobRun>()
  #loop: Promise<void> | undefined
  #isStopping = false
  #isWoken = false
  #endPause = (): void => undefined

  constructor(options: JobWorkerOptions) {
    this.#options = options
  }

  /** Number of running jobs. */
  get running(): number {
    return this.#running.size
  }

  /** Starts polling for jobs; a second call does nothing. */
  start(): void {
    this.#loop ??= this.#work()
  }

  /** Polls for jobs now, without waiting: call it after an enqueue in this process. */
  wake(): void {
    this.#isWoken = true
    this.#endPause()
  }

  /**
   * Claims no more jobs, and waits for the running ones. Never rejects.
   * @param graceMs milliseconds until their signals are aborted and they return to the queue; default 0
   */
  async stop({ graceMs = 0 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#isStopping = true
    this.wake()
    await this.#loop
    const timer = setTimeout(() => {
      for (const run of this.#running) run.stop()
    }, graceMs)
    await Promise.all([...this.#running].map((run) => run.done))
    clearTimeout(timer)
  }

  async #work(): Promise<void> {
    const { concurrency = 1, poll = POLL } = this.#options
    let idle = 0
    while (!this.#isStopping) {
      this.#isWoken = false
      const free = concurrency - this.#running.size
      const jobs = free > 0 ? await this.#claim(free) : []
      for (const job of jobs) this.#begin(job)
      idle = jobs.length > 0 ? 0 : idle + 1
      // With all workers busy there is nothing to poll for; a worker that becomes free wakes this loop.
      await this.#pause(this.#running.size >= concurrency ? poll.longestMs : backoffMs(poll, idle))
    }
  }

  async #claim(limit: number): Promise<readonly ClaimedJob[]> {
    const { queue, name, handlers, leaseMs = LEASE_MS, onFault } = this.#options
    try {
      const jobs = await queue.claim({ queues: [...handlers.keys()], worker: name, leaseMs, limit })
      if (!this.#isStopping) return jobs
      for (const job of jobs) await queue.release(job)
    } catch (error) {
      onFault(error, undefined)
    }
    return []
  }

  #begin(job: ClaimedJob): void {
    const { queue, handlers, leaseMs = LEASE_MS, onFault, abortMs } = this.#options
    const handler =
      handlers.get(job.queue) ??
      (() => Promise.reject(new AppError('RUN_FAILED', `this worker has no handler for queue ${job.queue}`)))
    const run = new JobRun({ queue, job, handler, leaseMs, onFault, abortMs })
    this.#running.add(run)
    void run.done.then(() => {
      this.#running.delete(run)
      this.wake()
    })
  }

  /** Waits until `wake`, at most `ms` milliseconds. */
  #pause(ms: number): Promise<void> {
    if (this.#isWoken || this.#isStopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
