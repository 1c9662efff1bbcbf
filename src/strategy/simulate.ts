// Simulates a program: the same contexts, walks and pipeline as scoring, on made-up values. Nothing is stored and
// nobody is notified. Contract: section 12 of the language, with 18-B decided: a program that extends a parent runs its
// whole pipeline here too.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import type { EventIds, ExecutionMode, Phase, SimulationResponse } from '../protocol/strategy-run.ts'
import { type Analytics, buildContext, collectFields, type ParentResult } from './context.ts'
import { DslError } from './errors.ts'
import { execute } from './interpreter.ts'
import type { Expired, StrategyLimits } from './limits.ts'
import { type PipelineOptions, runPipeline, traceOf } from './pipeline.ts'
import type { ExecuteOptions } from './run-state.ts'
import type { ParentStrategy } from './strategy.ts'

export interface SimulateOptions {
  readonly event: EventIds & { readonly data?: JsonObject | null }
  /**
   * Values by path, which take precedence over everything else; also the analytics values, unless `analytics` is given.
   */
  readonly mockState?: JsonObject | null
  readonly analytics: Analytics
  /** With a parent, the program runs as an extension of it. */
  readonly parent?: ParentStrategy
  /** Runs only this part of the program; absent: all of it, as in scoring. */
  readonly phase?: 'pre' | 'post'
  /** The assumed result of the parent if `phase` is `post`. */
  readonly parentResult?: ParentResult | null
  readonly limits?: Partial<StrategyLimits>
  readonly startTimer?: () => Expired
}

export interface Simulation {
  readonly points: JsonValue
  readonly caseName: string | null
  readonly callbackData: JsonObject
  readonly isVetoed: boolean
  readonly phases: readonly Phase[]
  /** The parent's result, if there was a parent and nothing vetoed it. */
  readonly parentResult?: ParentResult
  /** The data left by `set_data`, if only one phase ran. */
  readonly workingData?: JsonObject
}

/**
 * Runs a program on made-up values.
 * @param program validated
 * @throws DslError; errors of the parent are passed on
 *
 * @example
 * import { createDefaultProgram, simulate, tableAnalytics } from 'paracosm/strategy'
 *
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const mockState = { 'user.measurements_count': 1 }
 * const { points, caseName } = await simulate(createDefaultProgram(), { event, mockState, analytics: tableAnalytics({}) })
 * console.log(points, caseName)
 */
export async function simulate(program: Program, options: SimulateOptions): Promise<Simulation> {
  const { phase } = options
  return phase ? simulatePhase(program, phase, options) : runPipeline(program, options.event, pipelineOf(options))
}

function pipelineOf({ analytics, parent, limits, startTimer, mockState }: SimulateOptions): PipelineOptions {
  return {
    analytics,
    ...(parent === undefined ? {} : { parent }),
    ...(limits === undefined ? {} : { limits }),
    ...(startTimer === undefined ? {} : { startTimer }),
    ...(mockState === undefined ? {} : { mockState }),
  }
}

async function simulatePhase(program: Program, mode: ExecutionMode, options: SimulateOptions): Promise<Simulation> {
  const { event, analytics, limits, startTimer } = options
  const parentResult = mode === 'post' ? (options.parentResult ?? null) : null
  const data = event.data ?? null
  const mockState = options.mockState ?? null
  const context = await buildContext(collectFields(program), { ...event, data, analytics, mockState, parentResult })
  const settings: ExecuteOptions = {
    mode,
    parentResult,
    initialData: mode === 'pre' ? data : null,
    ...(limits === undefined ? {} : { limits }),
    ...(startTimer === undefined ? {} : { expired: startTimer() }),
  }
  const { points, caseName, callbackData, workingData, vetoed, trace } = execute(program, context, settings)
  return { points, caseName, callbackData, workingData, isVetoed: vetoed, phases: [{ mode, trace }] }
}

/**
 * A simulation as an HTTP response.
 *
 * @example
 * import { createDefaultProgram, simulate, tableAnalytics, toSimulationResponse } from 'paracosm/strategy'
 *
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const simulation = await simulate(createDefaultProgram(), { event, analytics: tableAnalytics({}) })
 * console.log(JSON.stringify(toSimulationResponse(simulation)))
 */
export function toSimulationResponse({ points, caseName, callbackData, phases }: Simulation): SimulationResponse {
  return {
    points: typeof points === 'number' ? points : 0,
    caseName,
    callbackData,
    executionTrace: traceOf(phases).map(({ nodeId, type, value, branch }) => ({
      nodeId,
      type,
      value,
      branch: branch ?? null,
    })),
  }
}

/**
 * A timeout as simulation reports it: with a code and the time limit.
 *
 * @example
 * import { DEFAULT_TIMEOUT_MS, withTimeoutCode } from 'paracosm/strategy'
 *
 * export const explain = (error: unknown): unknown => withTimeoutCode(error, DEFAULT_TIMEOUT_MS)
 */
export function withTimeoutCode(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof DslError) || error.kind !== 'DslTimeoutError') return error
  const options = { code: 'DSL_TIMEOUT', nodeId: error.nodeId, params: { timeoutMs }, cause: error } as const
  const coded = new DslError('DslTimeoutError', `The program did not finish within ${timeoutMs} ms`, options)
  coded.partialPhases = error.partialPhases
  return coded
}
