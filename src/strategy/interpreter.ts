// The tracing interpreter: walks a program node by node and writes down every value it sees. It keeps its own stack, so
// that a walk can stop between any two nodes and go on later, and so that no program can exhaust the host's.
// It trusts no validation: whatever is malformed fails with a typed error when it is reached. Contract: section 4.
// The same meaning without a trace, faster: prepared.ts.
import type { JsonValue } from '../protocol/json.ts'
import type { StrategyContext } from './context.ts'
import { DslError } from './errors.ts'
import type { ExecuteOptions, TracedResult } from './run-state.ts'
import { Walk } from './walk.ts'

/**
 * Runs a program over a context.
 * @param program a validated program; one that is not fails where it is malformed
 * @throws DslError, with what had been evaluated in `partialTrace`; nothing else
 */
export function execute(program: JsonValue, context: StrategyContext, options: ExecuteOptions = {}): TracedResult {
  const walk = new Walk(program, context, options)
  return guard(walk, () => {
    walk.run(false)
    return walk.finish()
  })
}

export interface CooperativeOptions extends ExecuteOptions {
  /** Gives the host its turn; awaited every 64 visited nodes. */
  readonly pause: () => Promise<void>
}

/**
 * Runs a program like `execute`, and lets the host breathe every 64 visited nodes.
 * @throws DslError like `execute`; whatever `pause` rejects with ends the walk
 */
export async function executeCooperatively(
  program: JsonValue,
  context: StrategyContext,
  options: CooperativeOptions,
): Promise<TracedResult> {
  const walk = new Walk(program, context, options)
  while (!guard(walk, () => walk.run(true))) await options.pause()
  return walk.finish()
}

function guard<T>(walk: Walk, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof DslError) error.partialTrace = walk.trace
    throw error
  }
}
