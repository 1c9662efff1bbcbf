// The decisions of a run so far, and the effect of each statement on them. Both engines change this state only through
// these functions. Contract: sections 4.1 and 4.4 of the language.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { ExecutionMode, TraceEntry } from '../protocol/strategy-run.ts'
import type { ParentResult } from './context.ts'
import { type DslCode, DslError, kindOf, wordFor } from './errors.ts'
import type { Expired, StrategyLimits } from './limits.ts'
import { copyOwn, setOwn } from './snapshot.ts'

export interface ExecuteOptions {
  /** The part of the program to run; default `full`. */
  readonly mode?: ExecutionMode
  readonly limits?: Partial<StrategyLimits>
  /** Mode `pre`: initial working data. */
  readonly initialData?: JsonObject | null
  /** Mode `post`: initial points, case name and callback data. */
  readonly parentResult?: ParentResult | null
  /** True once the time is up; called every 64 visited nodes and while big values are compared. */
  readonly expired?: Expired
}

/** The result of a run. */
export interface ExecutionResult {
  /** 0 when nothing matched. A finite number. */
  readonly points: number
  readonly caseName: string | null
  readonly callbackData: JsonObject
  readonly workingData: JsonObject
  readonly vetoed: boolean
}

export interface TracedResult extends ExecutionResult {
  /** Every evaluated node, in order. */
  readonly trace: readonly TraceEntry[]
}

export interface RunState {
  points: number
  caseName: string | null
  callbackData: Record<string, JsonValue>
  workingData: Record<string, JsonValue>
  isMatched: boolean
  isVetoed: boolean
}

/** @throws DslError UnexpectedError when the parent's points are not a number */
export function startRun({ initialData, parentResult }: ExecuteOptions): RunState {
  return {
    points: parentResult ? pointsOf(parentResult.points) : 0,
    caseName: parentResult?.caseName ?? null,
    callbackData: parentResult ? copyOwn(parentResult.callbackData) : {},
    workingData: initialData ? copyOwn(initialData) : {},
    isMatched: parentResult !== undefined && parentResult !== null,
    isVetoed: false,
  }
}

function pointsOf(points: JsonValue): number {
  if (points === null || points === '') return 0
  if (typeof points === 'boolean') return points ? 1 : 0
  if (typeof points === 'number' && Number.isFinite(points)) return points
  const message = `The parent strategy gave ${wordFor(points)} where points belong`
  throw new DslError('UnexpectedError', message)
}

export function finishRun(state: RunState): ExecutionResult {
  return {
    points: state.isMatched ? state.points : 0,
    caseName: state.caseName,
    callbackData: state.callbackData,
    workingData: state.workingData,
    vetoed: state.isVetoed,
  }
}

function wrongKind(code: DslCode, nodeId: string | null, value: JsonValue): DslError {
  const actualType = kindOf(value)
  const wanted = code === 'DSL_SET_CASE_NAME_NOT_STRING' ? 'a text' : 'a finite number'
  return new DslError('DslExecutionError', `the value must be ${wanted}, not ${actualType}`, {
    code,
    nodeId,
    params: { nodeId, actualType },
  })
}

const isPoints = (value: JsonValue): value is number => typeof value === 'number' && Number.isFinite(value)

/** @throws DslError DSL_ASSIGN_POINTS_NOT_NUMBER */
export function assignPoints(
  state: RunState,
  value: JsonValue,
  { nodeId, caseName }: { readonly nodeId: string | null; readonly caseName: string },
): void {
  if (!isPoints(value)) throw wrongKind('DSL_ASSIGN_POINTS_NOT_NUMBER', nodeId, value)
  state.points = value
  state.caseName = caseName
  state.isMatched = true
}

/** @throws DslError DSL_SET_POINTS_NOT_NUMBER */
export function setPoints(state: RunState, value: JsonValue, nodeId: string | null): void {
  if (!isPoints(value)) throw wrongKind('DSL_SET_POINTS_NOT_NUMBER', nodeId, value)
  state.points = value
  state.isMatched = true
}

/** @throws DslError DSL_SET_CASE_NAME_NOT_STRING */
export function setCaseName(state: RunState, value: JsonValue, nodeId: string | null): void {
  if (typeof value !== 'string') throw wrongKind('DSL_SET_CASE_NAME_NOT_STRING', nodeId, value)
  state.caseName = value
  state.isMatched = true
}

export function setCallbackData(state: RunState, key: string, value: JsonValue): void {
  setOwn(state.callbackData, key, value)
}

export function setData(state: RunState, key: string, value: JsonValue): void {
  setOwn(state.workingData, key, value)
}

export function veto(state: RunState, caseName: string): void {
  state.points = 0
  state.caseName = caseName
  state.isMatched = true
  state.isVetoed = true
}

/** The error for a field that the context does not have. */
export function notPrecomputed(nodeId: string | null, path: string): DslError {
  return new DslError('DslExecutionError', `the field ${path} has no value in this run`, {
    code: 'DSL_FIELD_NOT_PRECOMPUTED',
    nodeId,
    params: { nodeId, path },
  })
}
