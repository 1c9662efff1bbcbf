// `paracosm/strategy`: the strategy language as a library. Documentation: docs/strategy.md.
export { JsonObject, JsonValue } from '../protocol/json.ts'
export { ANALYTICS_FIELDS, Condition, Expression, Program } from '../protocol/strategy.ts'
export { EvaluationCase } from '../protocol/strategy-case.ts'
export {
  EventIds,
  type ExecutionMode,
  type Phase,
  RunObservation,
  SimulationRequest,
  SimulationResponse,
  StrategyConfig,
  StrategyTemplate,
  StrategyType,
  TraceEntry,
} from '../protocol/strategy-run.ts'
export { formatBlocks } from './block-xml.ts'
export { createConstantEffortProgram, createDefaultProgram } from './built-in-programs.ts'
export { BUILT_INS } from './built-ins.ts'
export { capTrace } from './cap-trace.ts'
export {
  type Analytics,
  type AnalyticsCache,
  askAnalytics,
  buildContext,
  type ContextSources,
  collectFields,
  FieldLayout,
  type ParentResult,
  type ResolvedFields,
  type StrategyContext,
} from './context.ts'
export {
  createDslStrategy,
  type DslStrategy,
  type DslStrategyOptions,
  type StrategyDefinition,
} from './dsl-strategy.ts'
export { DSL_CODES, type DslCode, DslError, formatNodeIdHeader, logCodeOf } from './errors.ts'
export { evaluateCase } from './evaluate.ts'
export {
  type ExplainedNode,
  type ExplainedPhase,
  type ExplainedRule,
  type ExplainedStatement,
  explainPhases,
} from './explain.ts'
export { formatExplanation, formatPoints } from './format-explanation.ts'
export { type DecisionGraph, decisionGraph } from './graph.ts'
export { canonicalProgram, createHashCache, type HashCache, hashProgram } from './hash.ts'
export { type CooperativeOptions, execute, executeCooperatively } from './interpreter.ts'
export {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUT_MS,
  type Expired,
  limitsOf,
  maxProgramText,
  type StrategyLimits,
} from './limits.ts'
export { excerpt, locate } from './locate.ts'
export { type PipelineOptions, type PipelineResult, runPipeline } from './pipeline.ts'
export { type PreparedProgram, prepareProgram } from './prepared.ts'
export type { ProgramPath, ProgramProblem } from './problems.ts'
export { tableAnalytics } from './recorded.ts'
export {
  chooseStrategyId,
  createRegistry,
  describeStrategy,
  parseStrategyId,
  type StrategyPlugin,
  type StrategyReference,
  type StrategyRegistry,
} from './registry.ts'
export { formatProblem, type ProgramReport, type ReportedProblem, reportProgram } from './report.ts'
export type { ExecuteOptions, ExecutionResult, TracedResult } from './run-state.ts'
export { type SimulateOptions, type Simulation, simulate, toSimulationResponse, withTimeoutCode } from './simulate.ts'
export {
  type BuiltInStrategy,
  createBuiltIn,
  type ParentStrategy,
  type Score,
  type ScoringEvent,
  type StrategySpec,
  type StrategyVariables,
} from './strategy.ts'
export { createTemplates } from './templates.ts'
export { type Inspection, inspectProgram, type ValidateOptions, validateProgram } from './validator.ts'
