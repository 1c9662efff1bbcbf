// Processes the jobs of one evaluation: plays a range of its episodes, and stores their journals, then their results.
import { randomBytes } from 'node:crypto'
import type { BlobStore } from '../host/blobs.ts'
import { type JobHandler, JobWorker } from '../host/jobs.ts'
import { at } from '../kernel/at.ts'
import { parseWith } from '../kernel/parse.ts'
import { EvaluationJob, type EvaluationRow } from '../protocol/evaluation.ts'
import type { Evaluations } from '../store/evaluations/evaluations.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { MatchServices } from './match.ts'
import { type EvaluationPlan, episodeAt, planEvaluation } from './plan.ts'
import { playMatch } from './play-episode.ts'

/** Name of the queue with an evaluation's jobs. */
export const queueOf = (id: string): string => `evaluation/${id}`

/** The blob name prefix of an evaluation's journals. */
export const journalPrefix = (id: string): string => `evaluations/${id}/`

export interface EvaluationWorkerOptions {
  readonly id: string
  readonly evaluations: Evaluations
  readonly blobs: BlobStore
  readonly queue: JobQueue
  readonly services: Omit<MatchServices, 'signal'>
  readonly onFault: (error: unknown) => void
}

/** Milliseconds after which other workers may take the jobs of a killed one. */
const LEASE_MS = 10_000
/** Another process fills the queue, so a worker polls often. */
const POLL = { firstMs: 20, longestMs: 250 }
/** Concurrent matches with external players, which leave the machine mostly idle. */
const LIVE_AT_ONCE = 4
/** Concurrent jobs of bots: one plays while the other waits for the disk. */
const FAST_AT_ONCE = 2

/** @throws AppError UNKNOWN_EVALUATION, and the codes of `planEvaluation` */
export async function startEvaluationWorker(options: EvaluationWorkerOptions): Promise<JobWorker> {
  const { id, evaluations, queue, services } = options
  const { spec } = await evaluations.get(id)
  const plan = await planEvaluation(services.worlds, spec)
  const worker = new JobWorker({
    queue,
    name: `eval-${process.pid}`,
    handlers: new Map([[queueOf(id), createHandler(plan, options)]]),
    onFault: options.onFault,
    concurrency: plan.players.every(({ kind }) => kind === 'bot') ? FAST_AT_ONCE : LIVE_AT_ONCE,
    leaseMs: LEASE_MS,
    poll: POLL,
  })
  worker.start()
  return worker
}

function createHandler(plan: EvaluationPlan, options: EvaluationWorkerOptions): JobHandler {
  const { id, evaluations } = options
  return async (job, { signal }) => {
    const { from, to } = parseWith(EvaluationJob, job.payload, {
      code: 'STORE_CORRUPT',
      what: 'A job of an evaluation',
    })
    const known = await evaluations.numbers(id, from, to)
    const rows: EvaluationRow[] = []
    // Journals are written while the next episodes are played; results are stored after all journals are on disk.
    const written: Promise<void>[] = []
    try {
      for (let number = from; number < to; number++) {
        if (known.has(number)) continue
        const { row, lines } = await playOne(plan, number, { ...options, signal })
        rows.push(row)
        if (row.journal !== null) written.push(keep(options.blobs.put(row.journal, `${lines.join('\n')}\n`)))
      }
    } finally {
      await Promise.all(written)
    }
    const added = await evaluations.addRows(id, rows)
    // Another worker was faster: its results and journals count.
    for (const row of rows) if (!added.has(row.number) && row.journal !== null) await options.blobs.delete(row.journal)
    return { played: added.size }
  }
}

/** A failure is seen by who awaits the promise, which may be much later. */
function keep<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

async function playOne(
  plan: EvaluationPlan,
  number: number,
  { id, services, signal }: EvaluationWorkerOptions & { readonly signal: AbortSignal },
): Promise<{ row: EvaluationRow; lines: readonly string[] }> {
  const planned = episodeAt(plan, number)
  const began = performance.now()
  const { lines, ...result } = await playMatch(
    {
      id: `${id}-${number}`,
      world: plan.world,
      configured: planned.variant.configured,
      seed: planned.seed,
      players: planned.assignment.map((player) => at(plan.players, player)),
      tickRate: plan.spec.tick_rate,
      timeoutMs: plan.spec.timeout_seconds * 1000,
    },
    { ...services, signal },
  )
  const took = Math.round(performance.now() - began)
  // The name is unique, so that two workers that play the same episode do not write to the same journal.
  const journal = lines.length > 0 ? `${journalPrefix(id)}${number}-${randomBytes(4).toString('hex')}.jsonl` : null
  return { row: { number, ...result, journal, took_ms: took }, lines }
}
