// The tracing interpreter: walks a program node by node and records every value. It does not rely on validation:
// malformed nodes fail with a typed error when reached. Contract: section 4 of the language. prepared.ts has the same
// semantics without a trace, and is faster. The underlying machine: walk.ts.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { StrategyContext } from './context.ts'
import { DslError } from './errors.ts'
import { CHECK_INTERVAL, timeoutError } from './limits.ts'
import type { ExecuteOptions, TracedResult } from './run-state.ts'
import { FRAME, type Frame, idOf, startWalk, TASK, toNode, type Walk } from './walk.ts'
import {
  enterProgram,
  enterStatement,
  resumeBody,
  resumeChoice,
  resumeEffect,
  resumeFallback,
  resumeRules,
} from './walk-rules.ts'
import {
  enterCondition,
  enterExpression,
  resumeArith,
  resumeCall,
  resumeCompare,
  resumeJunction,
  resumeNot,
} from './walk-values.ts'

/**
 * Runs a program over a context.
 * @param program a validated program; an invalid one fails where it is malformed
 * @throws DslError, with the entries so far in `partialTrace`; nothing else
 *
 * @example
 * import { buildContext, createDefaultProgram, execute, tableAnalytics } from 'paracosm/strategy'
 *
 * const program = createDefaultProgram()
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const { points, trace } = execute(program, await buildContext(program, { ...ids, analytics: tableAnalytics({}) }))
 * console.log(points, trace.length)
 */
export function execute(program: JsonValue, context: StrategyContext, options: ExecuteOptions = {}): TracedResult {
  const node = toNode(program, null, 'a program')
  const walk = startWalk(node, context, options)
  begin(walk, node)
  advance(walk, false)
  return resultOf(walk)
}

export interface CooperativeOptions extends ExecuteOptions {
  /** Yields to the host; awaited every 64 visited nodes. */
  readonly pause: () => Promise<void>
}

/**
 * Runs a program like `execute`, and yields to the host every 64 visited nodes.
 * @throws DslError like `execute`; the rejection of `pause`, which ends the walk
 *
 * @example
 * import { createDefaultProgram, buildContext, executeCooperatively, tableAnalytics } from 'paracosm/strategy'
 *
 * const program = createDefaultProgram()
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const context = await buildContext(program, { ...ids, analytics: tableAnalytics({}) })
 * const pause = () => new Promise<void>((resolve) => setTimeout(resolve))
 * console.log((await executeCooperatively(program, context, { pause })).points)
 */
export async function executeCooperatively(
  program: JsonValue,
  context: StrategyContext,
  options: CooperativeOptions,
): Promise<TracedResult> {
  const node = toNode(program, null, 'a program')
  const walk = startWalk(node, context, options)
  begin(walk, node)
  while (!advance(walk, true)) await options.pause()
  return resultOf(walk)
}

function resultOf(walk: Walk): TracedResult {
  const { points, caseName, callbackData, workingData, isMatched, isVetoed } = walk.state
  return { points: isMatched ? points : 0, caseName, callbackData, workingData, vetoed: isVetoed, trace: walk.trace }
}

function begin(walk: Walk, program: JsonObject): void {
  try {
    enterProgram(walk, program)
  } catch (error) {
    throw withTrace(walk, error)
  }
}

/** Continues a walk. False: it paused before the end. */
function advance(walk: Walk, canPause: boolean): boolean {
  try {
    return run(walk, canPause)
  } catch (error) {
    throw withTrace(walk, error)
  }
}

function withTrace(walk: Walk, error: unknown): unknown {
  if (error instanceof DslError) error.partialPhases = [{ mode: walk.mode, trace: walk.trace }]
  return error
}

function run(walk: Walk, canPause: boolean): boolean {
  for (;;) {
    if (walk.task === TASK.handOver) {
      const { frame } = walk
      if (frame === undefined) return true
      resume(walk, frame)
    } else {
      if (walk.steps - walk.checkedAt >= CHECK_INTERVAL) {
        walk.checkedAt = walk.steps
        if (walk.expired?.()) throw timeoutError(idOf(walk.node))
        if (canPause) return false
      }
      enter(walk)
    }
  }
}

function enter(walk: Walk): void {
  const { task, node, depth } = walk
  if (task === TASK.expression) enterExpression(walk, node, depth)
  else if (task === TASK.condition) enterCondition(walk, node, depth)
  else enterStatement(walk, node, depth)
}

function resume(walk: Walk, frame: Frame): void {
  switch (frame.kind) {
    case FRAME.arith:
      resumeArith(walk, frame)
      break
    case FRAME.compare:
      resumeCompare(walk, frame)
      break
    case FRAME.call:
      resumeCall(walk, frame)
      break
    case FRAME.junction:
      resumeJunction(walk, frame)
      break
    case FRAME.not:
      resumeNot(walk, frame)
      break
    case FRAME.effect:
      resumeEffect(walk, frame)
      break
    case FRAME.rules:
      resumeRules(walk, frame)
      break
    case FRAME.choice:
      resumeChoice(walk, frame)
      break
    case FRAME.body:
      resumeBody(walk, frame)
      break
    case FRAME.fallback:
      resumeFallback(walk, frame)
      break
  }
}
