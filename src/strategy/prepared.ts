// The prepared engine: compiles a program once into closures, for scoring. It writes no trace; a property test ensures
// that its results and failures equal those of the tracing interpreter.
import { isObject } from '../protocol/is-object.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { ExecutionMode } from '../protocol/strategy-run.ts'
import { collectFields, type FieldLayout, type StrategyContext } from './context.ts'
import { execute } from './interpreter.ts'
import { DEFAULT_LIMITS, type StrategyLimits } from './limits.ts'
import { type Build, CannotPrepare } from './prepared-build.ts'
import { buildSection, type PreparedSection } from './prepared-rules.ts'
import { PreparedRun } from './prepared-run.ts'
import { type ExecuteOptions, type ExecutionResult, finishRun, startRun } from './run-state.ts'

/** A program ready to run many times. */
export interface PreparedProgram {
  readonly program: JsonValue
  /** Pass it to `buildContext` in place of the program: such contexts are the fastest to make and to read. */
  readonly layout: FieldLayout
  /**
   * Runs the program over a context like `execute`, without a trace.
   * @throws DslError; nothing else
   */
  execute(context: StrategyContext, options?: ExecuteOptions): ExecutionResult
}

type Sections = Readonly<Record<ExecutionMode, PreparedSection>>

/**
 * Prepares a program. One that the validator would refuse, or that exceeds the limits of a run, has no closures: it
 * runs on the interpreter, which reports the error where it occurs.
 * @param limits of later runs; runs with smaller limits are still correct, runs with larger ones no faster
 *
 * @example
 * import { buildContext, createDefaultProgram, prepareProgram, tableAnalytics } from 'paracosm/strategy'
 *
 * const prepared = prepareProgram(createDefaultProgram())
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const context = await buildContext(prepared.layout, { ...ids, analytics: tableAnalytics({}) })
 * console.log(prepared.execute(context).points)
 */
export function prepareProgram(program: JsonValue, limits: StrategyLimits = DEFAULT_LIMITS): PreparedProgram {
  const layout = collectFields(program)
  const sections = buildSections(program, { layout, limits })
  return Object.freeze({
    program,
    layout,
    execute(context: StrategyContext, options: ExecuteOptions = {}): ExecutionResult {
      const section = sections?.[options.mode ?? 'full']
      if (section === undefined || !fits(section, options)) return executeWithoutTrace(program, context, options)
      return runSection(section, { layout, context, options })
    },
  })
}

function buildSections(program: JsonValue, build: Pick<Build, 'layout' | 'limits'>): Sections | undefined {
  if (!isObject(program)) return undefined
  try {
    return {
      full: buildSection(build, program.rules ?? 0, program.default),
      pre: buildSection(build, program.pre_rules, null),
      post: buildSection(build, program.post_rules, null),
    }
  } catch (error) {
    if (error instanceof CannotPrepare) return undefined
    throw error
  }
}

function fits({ nodes, depth }: PreparedSection, { limits }: ExecuteOptions): boolean {
  const { maxNodes, maxDepth } = limits ? { ...DEFAULT_LIMITS, ...limits } : DEFAULT_LIMITS
  return nodes <= maxNodes && depth <= maxDepth
}

function executeWithoutTrace(program: JsonValue, context: StrategyContext, options: ExecuteOptions): ExecutionResult {
  const { trace: _, ...result } = execute(program, context, options)
  return result
}

interface SectionRun {
  readonly layout: FieldLayout
  readonly context: StrategyContext
  readonly options: ExecuteOptions
}

function runSection(section: PreparedSection, { layout, context, options }: SectionRun): ExecutionResult {
  const fields = context.resolvedFields
  const values = fields.layout === layout ? fields.values : layout.paths.map((path) => fields.get(path))
  const run = new PreparedRun(values, startRun(options), fields, options.expired)
  if (!isHalted(section, run) && !run.isMatched) section.fallback?.(run)
  return finishRun(run)
}

function isHalted({ rules }: PreparedSection, run: PreparedRun): boolean {
  for (const rule of rules) if (rule(run)) return true
  return false
}
