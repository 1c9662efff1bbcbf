// Runs a program as a strategy: context and walk for a full program; pre phase, parent and post phase for a program
// that wraps a parent. Scoring, simulation and tests all use it. Contract: section 7 of the language. With observation,
// as the scoring service uses it: dsl-strategy.ts.
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import type { Phase, TraceEntry } from '../protocol/strategy-run.ts'
import {
  type Analytics,
  type AnalyticsCache,
  buildContext,
  type ContextSources,
  collectFields,
  type FieldLayout,
  type ParentResult,
  type StrategyContext,
} from './context.ts'
import { DslError } from './errors.ts'
import { execute, executeCooperatively } from './interpreter.ts'
import type { Expired, StrategyLimits } from './limits.ts'
import type { PreparedProgram } from './prepared.ts'
import type { ExecuteOptions, ExecutionResult } from './run-state.ts'
import { copyOwn, snapshot } from './snapshot.ts'
import type { ParentStrategy, ScoringEvent } from './strategy.ts'

export interface PipelineOptions {
  readonly analytics: Analytics
  /** The parent of a program that extends one; absent: the program is the whole strategy. */
  readonly parent?: ParentStrategy
  readonly limits?: Partial<StrategyLimits>
  /** Starts the clock of one walk. */
  readonly startTimer?: () => Expired
  /** Yields to the host every 64 visited nodes of a walk. */
  readonly pause?: () => Promise<void>
  /** Values by path, for simulation; they take precedence over everything else. */
  readonly mockState?: JsonObject | null
  /**
   * The program prepared for many runs. Results are the same, but come faster and without traces; a run that fails is
   * repeated by the interpreter for its partial trace.
   */
  readonly prepared?: PreparedProgram
}

export interface PipelineResult {
  /** A number, unless a parent with mistyped variables passed on something else. */
  readonly points: JsonValue
  readonly caseName: string | null
  readonly callbackData: JsonObject
  readonly isVetoed: boolean
  /** The walks, in order; empty if there was nothing to walk. */
  readonly phases: readonly Phase[]
  /** The parent's result, if there is a parent and nothing vetoed it. */
  readonly parentResult?: ParentResult
}

interface Run {
  readonly program: Program
  readonly event: ScoringEvent
  readonly options: PipelineOptions
  readonly phases: Phase[]
}

/**
 * Scores one event.
 * @param program validated
 * @throws DslError, with all phases so far in `partialPhases`; errors of the parent or the analytics are passed on
 *
 * @example
 * import { createDefaultProgram, runPipeline, tableAnalytics } from 'paracosm/strategy'
 *
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const { points } = await runPipeline(createDefaultProgram(), event, { analytics: tableAnalytics({}) })
 * console.log(points)
 */
export async function runPipeline(
  program: Program,
  event: ScoringEvent,
  options: PipelineOptions,
): Promise<PipelineResult> {
  const run: Run = { program, event, options, phases: [] }
  try {
    return options.parent ? await runExtended(run, options.parent) : await runFull(run)
  } catch (error) {
    if (error instanceof DslError) error.partialPhases = [...run.phases, ...error.partialPhases]
    throw error
  }
}

/** The traces of all phases in order. */
export function traceOf(phases: readonly Phase[]): readonly TraceEntry[] {
  return phases.flatMap((phase) => phase.trace)
}

async function runFull(run: Run): Promise<PipelineResult> {
  const context = await buildContext(layoutOf(run), sourcesOf(run, {}))
  return withPhases(run, await walk(run, context, { mode: 'full' }))
}

const layoutOf = ({ program, options }: Run): FieldLayout => options.prepared?.layout ?? collectFields(program)

function withPhases({ phases }: Run, result: ExecutionResult): PipelineResult {
  const { points, caseName, callbackData, vetoed } = result
  return { points, caseName, callbackData, isVetoed: vetoed, phases }
}

function sourcesOf({ event, options }: Run, more: Partial<ContextSources>): ContextSources {
  const { externalGameId, externalTaskId, externalUserId } = event
  const { analytics, mockState = null } = options
  return { externalGameId, externalTaskId, externalUserId, data: event.data ?? null, analytics, mockState, ...more }
}

async function walk(run: Run, context: StrategyContext, own: ExecuteOptions): Promise<ExecutionResult> {
  const { limits, startTimer, pause, prepared } = run.options
  const settings: ExecuteOptions = {
    ...own,
    ...(limits === undefined ? {} : { limits }),
    ...(startTimer === undefined ? {} : { expired: startTimer() }),
  }
  if (prepared) return walkPrepared(prepared, context, settings)
  const result = pause
    ? await executeCooperatively(run.program, context, { ...settings, pause })
    : execute(run.program, context, settings)
  run.phases.push({ mode: own.mode ?? 'full', trace: result.trace })
  return result
}

function walkPrepared(prepared: PreparedProgram, context: StrategyContext, settings: ExecuteOptions): ExecutionResult {
  try {
    return prepared.execute(context, settings)
  } catch (error) {
    if (error instanceof DslError && error.kind !== 'DslTimeoutError') execute(prepared.program, context, settings)
    throw error
  }
}

async function runExtended(run: Run, parent: ParentStrategy): Promise<PipelineResult> {
  const { program, event } = run
  const layout = layoutOf(run)
  const analyticsCache: AnalyticsCache = new Map()
  let data: JsonObject = copyOwn(event.data)
  if (program.pre_rules && program.pre_rules.length > 0) {
    const context = await buildContext(layout, sourcesOf(run, { data, analyticsCache }))
    const result = await walk(run, context, { mode: 'pre', initialData: data })
    if (result.vetoed) return withPhases(run, result)
    data = result.workingData
  }
  const tuned = parent.withVariables(program.parent_variables ?? {})
  const parentResult = normalise(await tuned.calculatePoints({ ...event, data }))
  if (!program.post_rules || program.post_rules.length === 0) {
    return { ...parentResult, isVetoed: false, phases: run.phases, parentResult }
  }
  const context = await buildContext(layout, sourcesOf(run, { data, analyticsCache, parentResult }))
  return { ...withPhases(run, await walk(run, context, { mode: 'post', parentResult })), parentResult }
}

/** A pair or triple as a result; anything else counts as zero points. */
function normalise(score: unknown): ParentResult {
  if (!Array.isArray(score) || score.length < 2 || score.length > 3) {
    return { points: 0, caseName: null, callbackData: {} }
  }
  const [points, caseName, callbackData] = score.map((part: unknown) => snapshot(part, new Map()))
  return {
    points: points ?? 0,
    caseName: typeof caseName === 'string' ? caseName : null,
    callbackData: isObject(callbackData) ? callbackData : {},
  }
}
