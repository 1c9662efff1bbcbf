// The input of a rule: the content, the state it may change, and the output for events. Also the two ways in which a
// command ends.
import type { StepOutput } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Atlas } from './atlas.ts'
import type { Agent, FailureCode, FrontierState } from './state.ts'

export interface Scene {
  readonly atlas: Atlas
  readonly state: FrontierState
  readonly out: StepOutput
}

/** The agent to which a rule applies. */
export interface Actor {
  readonly slot: number
  readonly self: Agent
}

export interface Success {
  readonly text: string
}

export interface Failure {
  readonly code: FailureCode
  readonly text: string
}

export type Ending = Success | Failure

export function fail(code: FailureCode, text: string): Failure {
  return { code, text }
}

export function isFailure(value: object): value is Failure {
  return 'code' in value
}

/** Emits an event for all slots. Its data includes the slot that it is about. */
export function tell(scene: Scene, kind: string, data: JsonObject): void {
  scene.out.event({ slot: null, kind, data })
}

/** Emits an event for one slot. */
export function tellOnly(scene: Scene, slot: number, kind: string, data: JsonObject): void {
  scene.out.event({ slot, kind, data: { slot, ...data } })
}
