// Runs one conformance case and reports the result in the form of the case's `expect`. This adapter allows a
// line-by-line comparison with another implementation, or with another of our engines.
import { describeIssue } from '../kernel/parse.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import { EvaluationCase } from '../protocol/strategy-case.ts'
import type { RunObservation } from '../protocol/strategy-run.ts'
import { decodeNumbers, isDeeper } from './case-numbers.ts'
import { buildContext, collectFields, type ParentResult } from './context.ts'
import { createDslStrategy } from './dsl-strategy.ts'
import { DslError } from './errors.ts'
import { createCaseParent, type ParentCall } from './evaluate-parent.ts'
import { isRawNode } from './grammar.ts'
import { hashProgram } from './hash.ts'
import { execute } from './interpreter.ts'
import type { StrategyLimits } from './limits.ts'
import { prepareProgram } from './prepared.ts'
import type { ProgramPath } from './problems.ts'
import { AnalyticsCalls, tableAnalytics } from './recorded.ts'
import type { ExecuteOptions } from './run-state.ts'
import { setOwn, snapshot } from './snapshot.ts'
import { validateProgram } from './validator.ts'

export const ENGINES = ['tracing', 'prepared'] as const
/** The engine that runs a case. The prepared one writes no trace: `trace` is then null. */
export type Engine = (typeof ENGINES)[number]

/** The outcome, with the keys of a case's `expect`. */
interface Outcome {
  readonly ok: boolean
  readonly [key: string]: unknown
}

export interface EvaluationResult extends Outcome {
  /** Null when the line had none. */
  readonly id: string | null
}

/**
 * Runs one line of a file of cases.
 * @returns the outcome; a line that is not a case also has an outcome, with stage `read`
 */
export async function evaluateLine(line: string, engine: Engine = 'tracing'): Promise<EvaluationResult> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return unreadable(null, error instanceof Error ? error.message : String(error))
  }
  return evaluateCase(value, engine)
}

/** Maximum nesting of a case's inputs besides its program: outcomes quote them, and JSON writers recurse. */
const MAX_CASE_DEPTH = 2000

/**
 * Runs one case.
 * @param value a parsed line, modified in place; a value that is not a case also has an outcome, with stage `read`
 *
 * @example
 * import { createDefaultProgram, evaluateCase } from 'paracosm/strategy'
 *
 * const result = await evaluateCase({ id: 'one', program: createDefaultProgram(), data: {} })
 * console.log(result.ok)
 */
export async function evaluateCase(value: unknown, engine: Engine = 'tracing'): Promise<EvaluationResult> {
  const parsed = EvaluationCase.safeParse(decodeNumbers(value))
  if (!parsed.success) {
    const id = isRawNode(value) && typeof value.id === 'string' ? value.id : null
    return unreadable(id, describeIssue(parsed.error, 'the line'))
  }
  const { id, data, mock_state, parent_result, parent } = parsed.data
  if (!isDeeper([data, mock_state, parent_result, parent], MAX_CASE_DEPTH)) return runCase(parsed.data, engine)
  return unreadable(id, `the data of the case is nested deeper than ${MAX_CASE_DEPTH} levels`)
}

function unreadable(id: string | null, message: string): EvaluationResult {
  const nothing = { code: null, node_id: null, params: null }
  return { id, ok: false, stage: 'read', class: 'CaseError', ...nothing, status: 422, message }
}

async function runCase(test: EvaluationCase, engine: Engine): Promise<EvaluationResult> {
  const { id } = test
  const assigned: Record<string, string> = {}
  let program: JsonValue
  try {
    program = validated(test, assigned)
  } catch (error) {
    return { id, ok: false, stage: 'validate', ...failure(error) }
  }
  const calls = new AnalyticsCalls()
  const identity = { assigned_ids: assigned, ...(isHashed(test) ? { ast_hash: hashProgram(program) } : {}) }
  return test.mode === 'pipeline'
    ? { id, ...(await runPipelineCase(test, program, { engine, calls })), analytics_calls: calls.list(), ...identity }
    : { id, ...(await runModeCase(test, program, { engine, mode: test.mode, calls, identity })) }
}

const isHashed = (test: EvaluationCase): boolean => test.skip_validation !== true || test.ast === null

function validated(test: EvaluationCase, assigned: Record<string, string>): JsonValue {
  if (test.skip_validation) return isJson(test.ast) ? test.ast : null
  return validateProgram(test.ast, {
    limits: limitsOf(test.limits),
    onId: (path, nodeId) => setOwn(assigned, pointerOf(path), nodeId),
  })
}

const isJson = (value: unknown): value is JsonValue => value !== undefined

function limitsOf(limits: EvaluationCase['limits']): Partial<StrategyLimits> {
  return {
    ...(limits?.max_nodes === undefined ? {} : { maxNodes: limits.max_nodes }),
    ...(limits?.max_depth === undefined ? {} : { maxDepth: limits.max_depth }),
  }
}

/** RFC 6901. */
function pointerOf(path: ProgramPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function failure(error: unknown): JsonObject {
  if (error instanceof DslError) {
    const { kind, code, nodeId, status, params, message } = error
    return { class: kind, code, node_id: nodeId, status, params, message }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { class: 'UnexpectedError', code: null, node_id: null, status: 500, params: null, crash: true, message }
}

/** A parsed line contains only plain JSON. */
const isObject = (value: unknown): value is JsonObject => isRawNode(value)
const toObject = (value: unknown): JsonObject | null => (isObject(value) ? value : null)

function parentResultOf({ parent_result: parent }: EvaluationCase): ParentResult | null {
  if (!parent) return null
  return {
    points: snapshot(parent.points, new Map()),
    caseName: parent.case_name ?? null,
    callbackData: toObject(parent.callback_data) ?? {},
  }
}

interface PipelineRun {
  readonly engine: Engine
  readonly calls: AnalyticsCalls
}

interface ModeRun extends PipelineRun {
  readonly mode: 'full' | 'pre' | 'post'
  readonly identity: JsonObject
}

async function runModeCase(test: EvaluationCase, program: JsonValue, run: ModeRun): Promise<Outcome> {
  const data = toObject(test.data)
  const analytics = tableAnalytics(test.analytics ?? {}, (call) => run.calls.add(call))
  const parentResult = run.mode === 'post' ? parentResultOf(test) : null
  try {
    const mockState = toObject(test.mock_state)
    const context = await buildContext(collectFields(program), {
      ...test.ids,
      data,
      analytics,
      mockState,
      parentResult,
    })
    const options: ExecuteOptions = {
      mode: run.mode,
      limits: limitsOf(test.runtime_limits),
      parentResult,
      initialData: run.mode === 'pre' ? data : null,
    }
    const result =
      run.engine === 'prepared' ? prepareProgram(program).execute(context, options) : execute(program, context, options)
    const { points, caseName, callbackData, workingData, vetoed } = result
    return {
      ok: true,
      points,
      case_name: caseName,
      callback_data: callbackData,
      working_data: workingData,
      vetoed,
      trace: 'trace' in result ? result.trace : null,
      analytics_calls: run.calls.list(),
      ...run.identity,
    }
  } catch (error) {
    return { ok: false, stage: 'execute', ...failure(error) }
  }
}

async function runPipelineCase(test: EvaluationCase, program: JsonValue, run: PipelineRun): Promise<Outcome> {
  const analytics = tableAnalytics(test.analytics ?? {}, (call) => run.calls.add(call))
  const parentCalls: ParentCall[] = []
  const observations: RunObservation[] = []
  const data = toObject(test.data)
  let outcome: Outcome
  let isParentUnchanged = true
  try {
    const parent = test.parent ? createCaseParent(test.parent, analytics, parentCalls) : undefined
    const before = JSON.stringify(parent?.variables)
    const strategy = createDslStrategy(
      { id: 'case', name: 'case', version: 1, program: isProgram(program) ? program : null },
      {
        analytics,
        ...(parent === undefined ? {} : { parent }),
        ...(run.engine === 'prepared' ? { prepared: prepareProgram(program) } : {}),
        limits: limitsOf(test.runtime_limits),
        observe: (observation) => observations.push(observation),
      },
    )
    const [points, caseName, callbackData = null] = await strategy.calculatePoints({ ...test.ids, data })
    isParentUnchanged = before === JSON.stringify(parent?.variables)
    outcome = { ok: true, points, case_name: caseName, callback_data: callbackData }
  } catch (error) {
    outcome = { ok: false, stage: 'execute', ...failure(error) }
  }
  const observed = observations[0]
  return {
    ...outcome,
    ...(outcome.ok ? { trace: observed?.trace ?? null } : {}),
    observed: observed ? summarise(observed) : null,
    parent_calls: parentCalls,
    input_data_after: data,
    parent_variables_after_unchanged: isParentUnchanged,
  }
}

/** The validator has checked it, unless the case skips validation. */
const isProgram = (program: JsonValue): program is JsonObject & Program => isObject(program)

function summarise(observation: RunObservation): JsonObject {
  const { status, errorCode, points, caseName, nodesExecuted, trace, strategyType, parentStrategyId } = observation
  const traceLength = trace?.length ?? null
  return { status, errorCode, points, caseName, nodesExecuted, traceLength, strategyType, parentStrategyId }
}
