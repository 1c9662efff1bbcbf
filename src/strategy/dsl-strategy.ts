// A stored program as a strategy that the scoring service can call: an id, a fingerprint, and one observation per run.
// The run itself: pipeline.ts. Contract: sections 7.1, 7.4 and 13.1 of the language.
import type { JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import type { RunObservation, StrategyType } from '../protocol/strategy-run.ts'
import { DslError, logCodeOf } from './errors.ts'
import { hashProgram } from './hash.ts'
import { type PipelineOptions, type PipelineResult, runPipeline, traceOf } from './pipeline.ts'
import type { Score, ScoringEvent, StrategyVariables } from './strategy.ts'

/** The parts of a stored definition that a run needs. */
export interface StrategyDefinition {
  readonly id: string
  readonly name: string
  readonly version: number
  /** Validated. Null: nothing has been saved yet. */
  readonly program: Program | null
  readonly realmId?: string | null
}

export interface DslStrategyOptions extends PipelineOptions {
  /** Called once for every run, on success and on failure. Its own failures do not affect the caller. */
  readonly observe?: (observation: RunObservation) => void
  /** Called when `observe` fails. */
  readonly warn?: (message: string, cause: unknown) => void
  /** A monotonic clock in milliseconds; without one, every run takes 0. */
  readonly now?: () => number
  /** The fingerprint, if the caller has it cached. */
  readonly hashVersion?: string
}

export interface DslStrategy {
  /** `custom:<definition id>`. */
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly version: string
  readonly variables: StrategyVariables
  readonly hashVersion: string
  /**
   * Scores one event: points, case name and, if there is any, callback data.
   * @throws DslError; errors of the parent or the analytics source are passed on
   */
  calculatePoints(event: ScoringEvent): Promise<Score>
}

/**
 * A stored program as a strategy.
 *
 * @example
 * import { createDefaultProgram, createDslStrategy, tableAnalytics } from 'paracosm/strategy'
 *
 * const definition = { id: '7', name: 'Mine', version: 1, program: createDefaultProgram() }
 * const strategy = createDslStrategy(definition, { analytics: tableAnalytics({}) })
 * console.log(strategy.id) // custom:7
 */
export function createDslStrategy(definition: StrategyDefinition, options: DslStrategyOptions): DslStrategy {
  const { id, name, version, program } = definition
  return Object.freeze({
    id: `custom:${id}`,
    name,
    slug: name,
    version: String(version),
    variables: Object.freeze({ variable_basic_points: 1, variable_bonus_points: 1 }),
    hashVersion: options.hashVersion ?? hashProgram(program),
    calculatePoints: async (event: ScoringEvent): Promise<Score> =>
      program === null ? [0, null] : score(definition, program, { event, options }),
  })
}

interface Call {
  readonly event: ScoringEvent
  readonly options: DslStrategyOptions
}

async function score(definition: StrategyDefinition, program: Program, call: Call): Promise<Score> {
  const { event, options } = call
  const now = options.now ?? (() => 0)
  const startedMs = now()
  const tell = (outcome: Outcome) => observe(definition, call, { ...outcome, durationMs: now() - startedMs })
  try {
    const result = await runPipeline(program, event, options)
    tell(succeeded(result))
    const { points, caseName, callbackData } = result
    return Object.keys(callbackData).length === 0 ? [points, caseName] : [points, caseName, callbackData]
  } catch (error) {
    tell(failed(error))
    throw error
  }
}

type Outcome = Pick<
  RunObservation,
  'status' | 'errorCode' | 'points' | 'caseName' | 'nodesExecuted' | 'trace' | 'partialTrace'
>

const numberOrNull = (value: JsonValue): number | null => (typeof value === 'number' ? value : null)

function succeeded({ points, caseName, phases }: PipelineResult): Outcome {
  const trace = phases.length === 0 ? null : [...traceOf(phases)]
  const nodesExecuted = trace?.length ?? 0
  const told = { points: numberOrNull(points), caseName, nodesExecuted, trace, partialTrace: null }
  return { status: 'ok', errorCode: null, ...told }
}

function failed(error: unknown): Outcome {
  const kind = error instanceof DslError ? error.kind : undefined
  const partialTrace = error instanceof DslError ? [...error.partialTrace] : null
  const status = kind === 'DslTimeoutError' ? 'timeout' : kind === 'DslLimitExceededError' ? 'limit' : 'error'
  const nothing = { points: null, caseName: null, nodesExecuted: 0, trace: null }
  return { status, errorCode: logCodeOf(error), ...nothing, partialTrace }
}

function observe(definition: StrategyDefinition, call: Call, outcome: Outcome & { durationMs: number }): void {
  const { event, options } = call
  const strategyType: StrategyType = options.parent ? 'DSL_EXTEND' : 'DSL_FULL'
  const { externalGameId, externalTaskId, externalUserId } = event
  try {
    options.observe?.({
      strategyId: definition.id,
      strategyVersion: String(definition.version),
      strategyType,
      realmId: definition.realmId ?? null,
      externalGameId,
      externalTaskId,
      externalUserId,
      ...outcome,
      parentStrategyId: options.parent?.id ?? null,
    })
  } catch (error) {
    options.warn?.('the observer of a strategy run failed', error)
  }
}
