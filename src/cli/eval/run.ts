// `paracosm eval WORLD POLICY…`: plans, plays with live progress, and prints the report.
import { availableParallelism } from 'node:os'
import { createEpisodeId } from '../../episode/start.ts'
import { parsePlayer } from '../../evaluation/parse-player.ts'
import { type EvaluationPlan, planEvaluation } from '../../evaluation/plan.ts'
import { readEvaluationFile } from '../../evaluation/read-spec.ts'
import { runEvaluation } from '../../evaluation/run-evaluation.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { EvaluationSpec } from '../../protocol/evaluation.ts'
import { type JsonObject, JsonValue } from '../../protocol/json.ts'
import { EXIT, type Io } from '../io.ts'
import { createProgress } from '../progress.ts'
import { type DataFlags, type EvaluationStorage, openEvaluations } from './open.ts'
import { type OutputFlags, printReport } from './print.ts'
import { startWorkers } from './worker.ts'

export interface EvalOptions extends DataFlags, OutputFlags {
  readonly file?: string
  readonly episodes?: number
  readonly variant: readonly string[]
  readonly opponent: readonly string[]
  readonly set: readonly string[]
  readonly seed?: number
  readonly tickRate?: number
  readonly timeout?: number
  readonly untilDecided?: number
  readonly maxUsd?: number
  readonly workers?: number
}

const DEFAULT_EPISODES = 100
/** Worker processes of one evaluation: each takes about 100 MB. */
const MAX_WORKERS = 64

export async function evaluate(
  io: Io,
  wanted: { readonly world: string | undefined; readonly policies: readonly string[]; readonly options: EvalOptions },
): Promise<void> {
  const spec = await specOf(wanted)
  const plan = await planEvaluation(io.worlds, spec)
  await using storage = await openEvaluations(io, wanted.options)
  const id = `eval-${createEpisodeId(Date.now())}`
  await storage.evaluations.create(id, spec, plan.world)
  await play(io, { id, plan, storage }, wanted.options)
}

export async function play(
  io: Io,
  { id, plan, storage }: { readonly id: string; readonly plan: EvaluationPlan; readonly storage: EvaluationStorage },
  options: DataFlags & OutputFlags & { readonly workers?: number },
): Promise<void> {
  const count = workerCount(options.workers, plan)
  const workers = await startWorkers(io, id, { storage, count, data: options.data })
  const tell = createProgress(io, { unit: 'episodes', total: plan.total })
  try {
    const report = await Promise.race([
      workers.failed,
      runEvaluation({
        id,
        plan,
        evaluations: storage.evaluations,
        queue: storage.queue,
        workers: count,
        signal: io.signal,
        settle: workers.stop,
        onProgress({ played, failed, timedOut, costUsd }) {
          const trouble = failed + timedOut > 0 ? `  ${failed} failed, ${timedOut} timed out` : ''
          const cost = costUsd === null ? '' : `  ${costUsd.toFixed(4)} US dollars`
          tell(played, `${trouble}${cost}`)
        },
      }),
    ])
    await printReport(io, report, { storage, options })
    if (report.ended !== 'stopped') return
    io.err(`Stopped after ${report.played} of ${report.planned} episodes. Play the rest: paracosm eval resume ${id}`)
    io.exit(EXIT.failed)
  } finally {
    await workers.stop()
  }
}

/** One per core, but no more than there is work for: a process takes half a second to start. */
function workerCount(wanted: number | undefined, plan: EvaluationPlan): number {
  if (wanted !== undefined) return Math.min(wanted, MAX_WORKERS)
  const isSmall = plan.total <= SMALL && plan.players.every(({ kind }) => kind === 'bot')
  return isSmall ? 1 : Math.min(availableParallelism(), plan.total, MAX_WORKERS)
}

/** Bot episodes that one process plays while others start. */
const SMALL = 64

async function specOf({
  world,
  policies,
  options,
}: {
  readonly world: string | undefined
  readonly policies: readonly string[]
  readonly options: EvalOptions
}): Promise<EvaluationSpec> {
  const file = options.file === undefined ? undefined : await readEvaluationFile(options.file)
  if (!file && (world === undefined || policies.length === 0)) {
    throw new AppError('USAGE', 'no world and policies are named', {
      hint: 'Write: paracosm eval <world> <policy> <policy>, or --file <file>.',
    })
  }
  const given = {
    world,
    policies: policies.length > 0 ? policies.map(parsePlayer) : undefined,
    opponents: options.opponent.length > 0 ? options.opponent.map(parsePlayer) : undefined,
    variants: options.variant.length > 0 ? options.variant : undefined,
    config: options.set.length > 0 ? configOf(options.set) : undefined,
    episodes: options.episodes ?? (file ? undefined : DEFAULT_EPISODES),
    seed: options.seed,
    tick_rate: options.tickRate,
    timeout_seconds: options.timeout,
    until_decided: options.untilDecided,
    max_usd: options.maxUsd,
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return parseWith(EvaluationSpec, { ...file, ...known }, { code: 'USAGE', what: 'The evaluation' })
}

function configOf(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (key === undefined || text === undefined) {
        throw new AppError('USAGE', `${JSON.stringify(pair)} is not of the form key=value`)
      }
      return [key, readValue(text)]
    }),
  )
}

/** JSON where it is JSON, text where it is not. */
function readValue(text: string): JsonValue {
  try {
    return JsonValue.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
