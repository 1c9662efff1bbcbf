// Runs an evaluation to its end: keeps the queue filled, watches the results, and writes the report. It may be killed
// at any moment and restarted: jobs are deduplicated, and each result is stored once.
import { AppError, isErrorCode } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { EvaluationReport } from '../protocol/evaluation.ts'
import type { EvaluationProgress, Evaluations } from '../store/evaluations/evaluations.ts'
import { type JobQueue, MAX_JOB_PAGE } from '../store/jobs/job-queue.ts'
import { blocksOf } from './contests.ts'
import { Decision } from './decision.ts'
import { queueOf } from './evaluation-worker.ts'
import type { EvaluationPlan } from './plan.ts'
import { reportEvaluation } from './report.ts'

export interface RunEvaluationOptions {
  readonly id: string
  readonly plan: EvaluationPlan
  readonly evaluations: Evaluations
  readonly queue: JobQueue
  /** Number of worker processes, for which the queue is kept full. */
  readonly workers: number
  readonly signal: AbortSignal
  /** Stops the workers; once it resolves, no more results arrive. */
  readonly settle: () => Promise<void>
  /** Called a few times a second. */
  readonly onProgress: (progress: EvaluationProgress & { readonly costUsd: number | null }) => void
}

/** Milliseconds between two polls of the results. */
const LOOK_MS = 200
/** Queued jobs per worker: enough that no worker waits between two polls. */
const JOBS_PER_WORKER = 16
/** Maximum number of episodes per job, for bots: about half a second of work. */
const EPISODES_PER_JOB = 32
/** Maximum attempts of a job: workers may be killed many times. */
const ATTEMPTS = 100

type Ending = Exclude<EvaluationReport['ended'], 'decided'>

/**
 * Plays the missing episodes, and reports.
 * @throws AppError of a job that cannot run at all, such as a world that no longer loads
 */
export async function runEvaluation(options: RunEvaluationOptions): Promise<EvaluationReport> {
  const { id, plan, evaluations } = options
  await evaluations.setStatus(id, 'running', null)
  const ended = await new Run(options).toTheEnd()
  await options.settle()
  const report = await reportEvaluation(plan, { id, ended }, evaluations.rows(id))
  await evaluations.setStatus(id, ended === 'stopped' ? 'stopped' : 'done', report)
  return report
}

class Run {
  readonly #options: RunEvaluationOptions
  readonly #queue: string
  /** Episodes per job. */
  readonly #size: number
  readonly #watch: Watch | undefined
  #next = 0

  constructor(options: RunEvaluationOptions) {
    const { plan, workers, id } = options
    this.#options = options
    this.#queue = queueOf(id)
    const isFast = plan.players.every(({ kind }) => kind === 'bot')
    this.#size = isFast ? Math.max(1, Math.min(EPISODES_PER_JOB, Math.floor(plan.total / (workers * 4)))) : 1
    const isWatched = plan.spec.until_decided !== null || plan.spec.max_usd !== null || hasModels(plan)
    this.#watch = isWatched ? new Watch(options) : undefined
  }

  async toTheEnd(): Promise<Ending> {
    const { queue, signal, evaluations, id, onProgress } = this.#options
    const before = (await queue.counts(this.#queue)).failed
    for (;;) {
      const { queued, running, failed } = await queue.counts(this.#queue)
      if (failed > before) throw await this.#failure()
      const seen = await this.#watch?.look()
      const progress = await evaluations.progress(id)
      onProgress({ ...progress, costUsd: seen?.costUsd ?? null })
      const isOver = signal.aborted || seen?.isDecided === true || seen?.isSpent === true
      if (isOver) {
        await this.#cancel()
        if (signal.aborted) return 'stopped'
        return seen?.isSpent === true && seen.isDecided !== true ? 'budget' : 'complete'
      }
      const isFilled = await this.#fill(queued + running)
      if (isFilled && queued + running === 0 && progress.played >= this.#options.plan.total) return 'complete'
      await sleep(LOOK_MS, signal).catch(() => undefined)
    }
  }

  /** Keeps the queue full. @returns whether every job has been enqueued */
  async #fill(outstanding: number): Promise<boolean> {
    const { plan, evaluations, id, queue, workers } = this.#options
    let room = workers * JOBS_PER_WORKER - outstanding
    while (room > 0 && this.#next < plan.total) {
      const from = this.#next
      const to = Math.min(plan.total, from + this.#size)
      this.#next = to
      if ((await evaluations.numbers(id, from, to)).size === to - from) continue
      await queue.enqueue({ queue: this.#queue, payload: { from, to }, dedupeKey: String(from), maxAttempts: ATTEMPTS })
      room--
    }
    if (this.#next < plan.total) return false
    // A killed run may have left jobs of another size, so the missing episodes are enqueued again.
    if (outstanding === 0 && (await evaluations.progress(id)).played < plan.total) this.#next = 0
    return true
  }

  async #cancel(): Promise<void> {
    const { queue } = this.#options
    for (;;) {
      const waiting = await queue.list({ queue: this.#queue, status: 'queued' }, { limit: MAX_JOB_PAGE })
      for (const { id } of waiting) await queue.cancel(id)
      if (waiting.length < MAX_JOB_PAGE) return
    }
  }

  async #failure(): Promise<AppError> {
    const { queue } = this.#options
    await this.#cancel()
    const [job] = await queue.list({ queue: this.#queue, status: 'failed' }, { limit: 1 })
    const { code = 'RUN_FAILED', message = 'a job failed', hint } = job?.error ?? {}
    return new AppError(isErrorCode(code) ? code : 'RUN_FAILED', message, hint === undefined ? {} : { hint })
  }
}

const hasModels = ({ players }: EvaluationPlan): boolean => players.some(({ kind }) => kind === 'model')

/** Reads results as they arrive, for the sequential test and the budget. */
class Watch {
  readonly #options: RunEvaluationOptions

  constructor(options: RunEvaluationOptions) {
    this.#options = options
  }

  async look(): Promise<{ isDecided: boolean; isSpent: boolean; costUsd: number | null }> {
    const { plan, evaluations, id } = this.#options
    const { until_decided: confidence, max_usd: limit } = plan.spec
    let cost = 0
    async function* rows() {
      for await (const row of evaluations.rows(id)) {
        cost += row.spend?.cost_usd ?? 0
        yield row
      }
    }
    const decision = new Decision(plan, confidence ?? 1)
    for await (const block of blocksOf(plan, rows())) {
      const isNext = block.rows === plan.perSeed && block.block === decision.seeds
      if (isNext && !decision.isDecided) decision.take(block)
    }
    return {
      isDecided: confidence !== null && decision.isDecided,
      isSpent: limit !== null && cost >= limit,
      costUsd: hasModels(plan) ? cost : null,
    }
  }
}
