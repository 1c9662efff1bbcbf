// One run of a prepared program: its input values, its decisions so far, and the distance to the next check of the
// clock. Closures get it as their only argument.
import type { JsonValue } from '../protocol/json.ts'
import type { StrategyContext } from './context.ts'
import { CHECK_INTERVAL, type Expired, Meter, timeoutError } from './limits.ts'
import type { RunState } from './run-state.ts'

/** Yields a value. */
export type Evaluate = (run: PreparedRun) => JsonValue
/** Whether a condition holds. */
export type Test = (run: PreparedRun) => boolean
/** Performs a statement; true: the whole run is over. */
export type Act = (run: PreparedRun) => boolean

export class PreparedRun implements RunState {
  readonly values: readonly (JsonValue | undefined)[]
  points: number
  caseName: string | null
  callbackData: Record<string, JsonValue>
  workingData: Record<string, JsonValue>
  isMatched: boolean
  isVetoed: boolean
  readonly #fields: StrategyContext['resolvedFields']
  readonly #expired: Expired | undefined
  #meter: Meter | undefined
  #sinceCheck = 0

  constructor(
    values: readonly (JsonValue | undefined)[],
    state: RunState,
    fields: StrategyContext['resolvedFields'],
    expired: Expired | undefined,
  ) {
    this.values = values
    this.points = state.points
    this.caseName = state.caseName
    this.callbackData = state.callbackData
    this.workingData = state.workingData
    this.isMatched = state.isMatched
    this.isVetoed = state.isVetoed
    this.#fields = fields
    this.#expired = expired
    this.#meter = undefined
  }

  /** The meter for big values, on behalf of a node. Most runs never need one. */
  meterAt(nodeId: string | null): Meter {
    this.#meter ??= new Meter(this.#expired, this.#fields.keys)
    return this.#meter.at(nodeId)
  }

  /**
   * Checks the clock before a piece of `nodes` nodes if 64 may have been visited since the last check.
   * @throws DslError DslTimeoutError
   */
  tick(nodes: number, nodeId: string | null): void {
    this.#sinceCheck += nodes
    if (this.#sinceCheck < CHECK_INTERVAL) return
    this.#sinceCheck = 0
    if (this.#expired?.()) throw timeoutError(nodeId)
  }
}
