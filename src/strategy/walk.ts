// The machine under the tracing interpreter. At each step it either enters a node or passes a finished value to the
// waiting frame, so a walk can stop between any two nodes. Entering and resuming: walk-values.ts for expressions and
// conditions, walk-rules.ts for everything above them.
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { ExecutionMode, TraceEntry } from '../protocol/strategy-run.ts'
import type { ResolvedFields, StrategyContext } from './context.ts'
import { DslError } from './errors.ts'
import { DEFAULT_LIMITS, type Expired, Meter } from './limits.ts'
import { type ExecuteOptions, type RunState, startRun } from './run-state.ts'

/** The machine's next step: pass on the value, or enter the node as one of these. */
export const TASK = { handOver: 0, expression: 1, condition: 2, statement: 3 } as const
type Task = (typeof TASK)[keyof typeof TASK]

/** The kind of value that a frame waits for. */
export const FRAME = {
  arith: 0,
  compare: 1,
  call: 2,
  junction: 3,
  not: 4,
  effect: 5,
  rules: 6,
  choice: 7,
  body: 8,
  fallback: 9,
} as const
type FrameKind = (typeof FRAME)[keyof typeof FRAME]

export type List = readonly JsonValue[]
export const NOTHING: List = []

/** An unfinished node. */
export interface Frame {
  readonly kind: FrameKind
  readonly node: JsonObject
  /** The list that rules, bodies, junctions and calls iterate over. */
  readonly list: List
  readonly depth: number
  /** The frame that waits for this one. */
  readonly below: Frame | undefined
  /** Current position in the list. */
  index: number
  /** Values that arrived before the last one. */
  first: JsonValue
  second: JsonValue
}

export interface Walk {
  readonly mode: ExecutionMode
  readonly trace: TraceEntry[]
  readonly fields: ResolvedFields
  readonly state: RunState
  /** Created when a value first needs it: most runs compare and calculate only with pairs of numbers. */
  meter: Meter | undefined
  readonly expired: Expired | undefined
  readonly maxNodes: number
  readonly maxDepth: number
  /** The frame that waits for the next value; undefined at the end. */
  frame: Frame | undefined
  /** The next operation, its node and depth, and the last finished value. */
  task: Task
  node: JsonObject
  depth: number
  value: JsonValue
  steps: number
  /** Number of steps at the last check of the clock. */
  checkedAt: number
}

/** @throws DslError UnexpectedError when the parent's points are not a number */
export function startWalk(node: JsonObject, context: StrategyContext, options: ExecuteOptions): Walk {
  const fields = context.resolvedFields
  const { expired, limits } = options
  return {
    mode: options.mode ?? 'full',
    trace: [],
    fields,
    state: startRun(options),
    meter: undefined,
    expired,
    maxNodes: limits?.maxNodes ?? DEFAULT_LIMITS.maxNodes,
    maxDepth: limits?.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    frame: undefined,
    task: TASK.handOver,
    node,
    depth: 0,
    value: null,
    steps: 0,
    checkedAt: 0,
  }
}

/** The meter for big values, on behalf of a node. */
export function meterAt(walk: Walk, node: JsonObject): Meter {
  walk.meter ??= new Meter(walk.expired, walk.fields.keys)
  return walk.meter.at(idOf(node))
}

/** Makes `node` the next to enter. */
export function visit(walk: Walk, task: Task, node: JsonObject, depth: number): void {
  walk.task = task
  walk.node = node
  walk.depth = depth
}

/** Makes `kind` wait at `node` for the node visited next. */
export function waitAt(walk: Walk, kind: FrameKind, node: JsonObject, list: List): void {
  const { depth, frame } = walk
  walk.frame = { kind, node, list, depth, below: frame, index: 0, first: null, second: null }
}

/** Records a finished value and passes it to the waiting frame. */
export function finish(walk: Walk, node: JsonObject, type: string, value: JsonValue): void {
  walk.trace.push({ nodeId: idOf(node), type, value })
  walk.value = value
  walk.task = TASK.handOver
}

/** Records an entry for the branch that the run took. */
export function noteBranch(
  walk: Walk,
  node: JsonObject,
  entry: Pick<TraceEntry, 'type' | 'value'>,
  branch: string,
): void {
  walk.trace.push({ nodeId: idOf(node), type: entry.type, value: entry.value, branch })
}

export function idOf(node: JsonObject): string | null {
  const { id } = node
  return typeof id === 'string' ? id : null
}

/** @throws DslError DslLimitExceededError */
export function countStep(walk: Walk, node: JsonObject): void {
  walk.steps++
  if (walk.steps <= walk.maxNodes) return
  const message = `the run takes more than ${walk.maxNodes} steps`
  throw new DslError('DslLimitExceededError', message, { nodeId: idOf(node) })
}

/** @throws DslError DslLimitExceededError */
export function countNode(walk: Walk, node: JsonObject, depth: number): void {
  countStep(walk, node)
  if (depth <= walk.maxDepth) return
  const message = `the program is nested deeper than ${walk.maxDepth} levels`
  throw new DslError('DslLimitExceededError', message, { nodeId: idOf(node) })
}

/** The error for a part of a program that validation would have refused. */
export function malformed(node: JsonObject | null, message: string): DslError {
  return new DslError('DslValidationError', message, { nodeId: node ? idOf(node) : null })
}

const isList = (value: JsonValue | undefined): value is List => Array.isArray(value)

/** `value`, an entry of `owner`, as a node. */
export function toNode(value: JsonValue | undefined, owner: JsonObject | null, name: string): JsonObject {
  if (isObject(value)) return value
  throw malformed(owner, `${name} must be an object`)
}

export function toList(value: JsonValue | undefined, owner: JsonObject, name: string): List {
  if (isList(value)) return value
  throw malformed(owner, `${name} must be an array`)
}

export function toText(value: JsonValue | undefined, owner: JsonObject, name: string): string {
  if (typeof value === 'string') return value
  throw malformed(owner, `${name} must be a text`)
}
