// Inputs and outputs of strategy runs: traces, results, observations, limits, templates.
import { z } from 'zod'
import { JsonObject, JsonValue } from './json.ts'
import { Program } from './strategy.ts'

export const DSL_ERROR_CLASSES = [
  'DslValidationError',
  'DslExecutionError',
  'DslLimitExceededError',
  'DslTimeoutError',
  'UnexpectedError',
] as const
export type DslErrorClass = (typeof DSL_ERROR_CLASSES)[number]

/** Which part of a program is executed. */
export const EXECUTION_MODES = ['full', 'pre', 'post'] as const
export type ExecutionMode = (typeof EXECUTION_MODES)[number]

/** The place of a statement. */
export type Section = 'rule' | 'default' | 'pre' | 'post'

/** One evaluated node. `nodeId` is null only for nodes of programs that were never validated. */
export const TraceEntry = z.strictObject({
  nodeId: z.string().nullable(),
  type: z.string(),
  value: JsonValue,
  branch: z.string().exactOptional(),
})
export type TraceEntry = z.infer<typeof TraceEntry>

/** One walk of a run. */
export interface Phase {
  readonly mode: ExecutionMode
  /** Every evaluated node, in order. */
  readonly trace: readonly TraceEntry[]
}

/** The ids of a scoring event. */
export const EventIds = z.strictObject({
  externalGameId: z.string().min(1).max(200),
  externalTaskId: z.string().min(1).max(200),
  externalUserId: z.string().min(1).max(200),
})
export type EventIds = z.infer<typeof EventIds>

/** `DSL_FULL`: the program is the whole strategy. `DSL_EXTEND`: it wraps a built-in parent strategy. */
export const STRATEGY_TYPES = ['DSL_FULL', 'DSL_EXTEND'] as const
export const StrategyType = z.enum(STRATEGY_TYPES)
export type StrategyType = z.infer<typeof StrategyType>

/** A ready-made starting point. `blocklyXml` draws the same program in the block editor. */
export const StrategyTemplate = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).max(200),
  description: z.string().max(2000),
  type: StrategyType,
  parentStrategyId: z.string().nullable(),
  astJson: Program,
  blocklyXml: z.string().min(1),
})
export type StrategyTemplate = z.infer<typeof StrategyTemplate>

/** The report of one scoring, success or failure. `durationMs` covers context building and the parent too. */
export const RunObservation = z.strictObject({
  strategyId: z.string(),
  strategyVersion: z.string(),
  strategyType: StrategyType,
  realmId: z.string().nullable(),
  ...EventIds.shape,
  status: z.enum(['ok', 'error', 'timeout', 'limit']),
  errorCode: z.string().nullable(),
  points: z.number().nullable(),
  caseName: z.string().nullable(),
  durationMs: z.number().min(0),
  /** Length of the trace; 0 for a failed run. */
  nodesExecuted: z.int().min(0),
  trace: z.array(TraceEntry).nullable(),
  /** The nodes that a failed run evaluated before it failed: only for the log. */
  partialTrace: z.array(TraceEntry).nullable(),
  parentStrategyId: z.string().nullable(),
})
export type RunObservation = z.infer<typeof RunObservation>

const Flag = z.union([z.boolean(), z.stringbool()])

/** Configuration of the language and its log, by the names of the environment. */
export const StrategyConfig = z.object({
  /** Wall clock of one walk, milliseconds. */
  DSL_EXECUTION_TIMEOUT_MS: z.coerce.number().positive().default(500),
  DSL_MAX_NODES: z.coerce.number().int().min(1).default(1000),
  DSL_MAX_DEPTH: z.coerce.number().int().min(1).max(200).default(32),
  DSL_EXECUTION_LOG_ENABLED: Flag.default(true),
  /** Share of successful runs that the log keeps, 0 to 1. Failures are always kept. */
  DSL_EXECUTION_LOG_SAMPLE_RATE: z.coerce.number().min(0).max(1).default(0.05),
  /** Entries of a trace that a log row keeps; 0 or less keeps all. */
  DSL_EXECUTION_LOG_TRACE_LIMIT: z.coerce.number().int().default(200),
  DSL_EXECUTION_LOG_QUEUE_MAXSIZE: z.coerce.number().int().default(1000),
})
export type StrategyConfig = z.infer<typeof StrategyConfig>

/** The input of a simulation. With `type` DSL_EXTEND it runs through the same pipeline as scoring. */
export const SimulationRequest = z.strictObject({
  ...EventIds.shape,
  astJson: JsonObject,
  type: StrategyType.optional(),
  parentStrategyId: z.string().min(1).nullish(),
  data: JsonObject.nullish(),
  /** Values by path; they override analytics, ids, payload and parent. */
  mockState: JsonObject.nullish(),
})
export type SimulationRequest = z.infer<typeof SimulationRequest>

export const SimulationResponse = z.strictObject({
  points: z.number(),
  caseName: z.string().nullable(),
  callbackData: JsonObject,
  executionTrace: z.array(
    z.strictObject({
      nodeId: z.string().nullable(),
      type: z.string(),
      value: JsonValue,
      branch: z.string().nullable(),
    }),
  ),
})
export type SimulationResponse = z.infer<typeof SimulationResponse>
