// Limits on the size and the work of a program. The defaults are the language's; a server reads its own from the
// environment.
import type { JsonObject } from '../protocol/json.ts'
import type { StrategyConfig } from '../protocol/strategy-run.ts'
import { DslError } from './errors.ts'

export interface StrategyLimits {
  /** Maximum nodes of a program, and maximum steps of a run. */
  readonly maxNodes: number
  /** Maximum nesting; a rule is at depth 1. */
  readonly maxDepth: number
}

export const DEFAULT_LIMITS: StrategyLimits = { maxNodes: 1000, maxDepth: 32 }
/** Default wall-clock limit of one walk, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 500
/** Maximum length of a text made by `+`, in UTF-16 units. Bounds the growth that a tiny program can cause. */
export const MAX_TEXT = 100_000
/** Maximum length of an id written by validation, in UTF-16 units; ids grow with the ids of their ancestors. */
export const MAX_GENERATED_ID = 10_000
/** Maximum nesting of a payload value that a program can refer to. */
export const MAX_PAYLOAD_DEPTH = 1000
/** Visited nodes between two checks of the clock. */
export const CHECK_INTERVAL = 64
/** Maximum work on big values in one run, in units of one element or 256 UTF-16 units compared. A few milliseconds. */
const MAX_WORK = 100_000

/** Characters allowed per node, with its id, in the text of a program. */
const NODE_TEXT = 256

/**
 * Maximum length of a program's text, in characters without white space; adapters refuse longer texts before parsing.
 * Merely listing the keys of an object takes a JavaScript engine 10 ms per megabyte, so without this bound no validator
 * could refuse every program quickly.
 *
 * @example
 * import { DEFAULT_LIMITS, maxProgramText } from 'paracosm/strategy'
 *
 * console.log(maxProgramText(DEFAULT_LIMITS))
 */
export function maxProgramText({ maxNodes }: StrategyLimits): number {
  return NODE_TEXT * Math.max(maxNodes, 1024)
}

/**
 * The limits in a configuration.
 *
 * @example
 * import { limitsOf } from 'paracosm/strategy'
 *
 * console.log(limitsOf({ DSL_MAX_NODES: 500, DSL_MAX_DEPTH: 16 }))
 */
export function limitsOf(config: Pick<StrategyConfig, 'DSL_MAX_NODES' | 'DSL_MAX_DEPTH'>): StrategyLimits {
  return { maxNodes: config.DSL_MAX_NODES, maxDepth: config.DSL_MAX_DEPTH }
}

/**
 * True once the time limit of a run is reached. The caller creates it from a monotonic clock; without one, only steps
 * and work limit a run.
 */
export type Expired = () => boolean

/** The error of a walk that exceeded its time. */
export function timeoutError(nodeId: string | null): DslError {
  return new DslError('DslTimeoutError', 'The program did not finish within its time limit', { nodeId })
}

/** Counts the work of one run on big values, and checks the clock meanwhile. */
export class Meter {
  /** The node that is being evaluated, for error reports. */
  nodeId: string | null = null
  readonly #expired: Expired | undefined
  readonly #keys: ReadonlyMap<JsonObject, readonly string[]>
  #work = 0
  #sinceCheck = 0

  constructor(expired: Expired | undefined, keys: ReadonlyMap<JsonObject, readonly string[]>) {
    this.#expired = expired
    this.#keys = keys
  }

  at(nodeId: string | null): this {
    this.nodeId = nodeId
    return this
  }

  /** Keys of an object in the context; none for the empty one. */
  keysOf(object: JsonObject): readonly string[] {
    return this.#keys.get(object) ?? []
  }

  /**
   * Spends units of work: see MAX_WORK.
   * @throws DslError DslLimitExceededError or DslTimeoutError
   */
  spend(units: number): void {
    this.#work += units
    this.#sinceCheck += units
    if (this.#work > MAX_WORK) {
      const message = 'Comparing values this large exceeds the work limit of a run'
      throw new DslError('DslLimitExceededError', message, { nodeId: this.nodeId })
    }
    if (this.#sinceCheck < CHECK_INTERVAL) return
    this.#sinceCheck = 0
    if (this.#expired?.()) throw timeoutError(this.nodeId)
  }
}
