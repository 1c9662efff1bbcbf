// What stands between the perception adapter and an engine. `world-bridge.ts` is the one for worlds of ours,
// `socket-bridge.ts` the one for engines that connect from outside.
import type { Perception } from '../../protocol/perception.ts'
import type { BridgeStatus } from '../../protocol/perception-adapter.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'

/** One who perceives and commands. */
export interface PerceptionAgent {
  readonly id: string
  readonly slot: number
  /** What proves that a caller is this agent. */
  readonly token: string
}

/** Who a slot is when nobody has named it. */
export const agentIdOf = (slot: number): string => `agent-${slot}`

/** A perception, and the bytes that are sent for it: made once, sent many times. */
export interface EncodedPerception {
  readonly perception: Perception
  readonly bytes: Buffer
}

/** How a command goes on after it was taken. */
export type CommandChange =
  | { readonly status: 'running' }
  | { readonly status: 'done'; readonly outcome: string }
  | { readonly status: 'failed'; readonly outcome: string; readonly code: string }

/** Whether the engine takes a command. A refusal's code is one of the adapter's. */
export type Taken =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: RefusalCode; readonly reason: string }

export const REFUSAL_CODES = [
  'INVALID_COMMAND',
  'VALIDATION_ERROR',
  'COMMAND_CONFLICT',
  'BRIDGE_UNAVAILABLE',
  'EPISODE_OVER',
] as const
type RefusalCode = (typeof REFUSAL_CODES)[number]

export interface BridgeCommand {
  readonly id: string
  readonly command: AgentCommand
  /** Called until the command has ended, also before `command` has returned. */
  onChange(change: CommandChange): void
}

export interface BridgeListener {
  /** An agent may perceive something new. */
  onPerception(): void
  /** Nothing more will come. */
  onEnd(reason: string): void
}

export interface Bridge {
  /** Its name in `/{engine}/status`. */
  readonly engine: string
  readonly agents: readonly PerceptionAgent[]
  /** Id of the episode behind it, where there is one. */
  readonly episode: string | null
  /** Id of the world behind it; undefined for an external engine. */
  readonly world: string | null
  /** An agent has asked for something: it is there, and after a restart time may begin again. */
  attend(agent: PerceptionAgent): void
  /**
   * What an agent perceives now.
   * @throws AppError BRIDGE_UNAVAILABLE, EPISODE_OVER, PERCEPTION_TIMEOUT, SCHEMA_MISMATCH (also as a rejection)
   */
  perceive(agent: PerceptionAgent): EncodedPerception | Promise<EncodedPerception>
  /**
   * Gives a command to the engine. An agent has one at a time: the adapter sees to that.
   * @throws AppError BRIDGE_UNAVAILABLE, SLOT_TAKEN (as a rejection)
   */
  command(agent: PerceptionAgent, said: BridgeCommand): Promise<Taken>
  /**
   * Takes up a command that a stop of this process left open, if the engine still has it under way; false: it has not.
   */
  adopt(agent: PerceptionAgent, left: { readonly word: string; onChange(change: CommandChange): void }): boolean
  /** Calls back when an agent may perceive something new. Returns a function that stops it. */
  listen(agent: PerceptionAgent, listener: BridgeListener): () => void
  status(): BridgeStatus
  /** The score of an agent now; null where the engine keeps none. */
  score(agent: PerceptionAgent): number | null
  close(): void
}
