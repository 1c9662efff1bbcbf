// The interface between the perception adapter and an engine. `world-bridge.ts` implements it for our worlds,
// `socket-bridge.ts` for external engines.
import type { Perception } from '../../protocol/perception.ts'
import type { BridgeStatus } from '../../protocol/perception-adapter.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'

/** An agent: it perceives and sends commands. */
export interface PerceptionAgent {
  readonly id: string
  readonly slot: number
  /** The token that authenticates this agent. */
  readonly token: string
}

/** Default agent id of a slot. */
export const agentIdOf = (slot: number): string => `agent-${slot}`

/** A perception with its encoded bytes: encoded once, sent many times. */
export interface EncodedPerception {
  readonly perception: Perception
  readonly bytes: Buffer
}

/** Progress of a command after it was accepted. */
export type CommandChange =
  | { readonly status: 'running' }
  | { readonly status: 'done'; readonly outcome: string }
  | { readonly status: 'failed'; readonly outcome: string; readonly code: string }

/** Whether the engine accepts a command. A refusal's code is one of the adapter's. */
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
  /** Called when an agent may perceive something new. */
  onPerception(): void
  /** Called at the end: nothing more follows. */
  onEnd(reason: string): void
}

export interface Bridge {
  /** The engine's name in `/{engine}/status`. */
  readonly engine: string
  readonly agents: readonly PerceptionAgent[]
  /** Id of the episode behind it, if there is one. */
  readonly episode: string | null
  /** Id of the world behind it; undefined for an external engine. */
  readonly world: string | null
  /** An agent has sent a request: it is present, and after a restart the episode may continue. */
  attend(agent: PerceptionAgent): void
  /**
   * The current perception of an agent.
   * @throws AppError BRIDGE_UNAVAILABLE, EPISODE_OVER, PERCEPTION_TIMEOUT, SCHEMA_MISMATCH (also as a rejection)
   */
  perceive(agent: PerceptionAgent): EncodedPerception | Promise<EncodedPerception>
  /**
   * Sends a command to the engine. The adapter ensures that an agent has only one at a time.
   * @throws AppError BRIDGE_UNAVAILABLE, SLOT_TAKEN (as a rejection)
   */
  command(agent: PerceptionAgent, said: BridgeCommand): Promise<Taken>
  /**
   * Follows a command that a stop of this process left open, if the engine is still running it; false: it is not.
   */
  adopt(agent: PerceptionAgent, left: { readonly word: string; onChange(change: CommandChange): void }): boolean
  /** Calls back when an agent may perceive something new. Returns a function that stops it. */
  listen(agent: PerceptionAgent, listener: BridgeListener): () => void
  status(): BridgeStatus
  /** The score of an agent now; null if the engine keeps none. */
  score(agent: PerceptionAgent): number | null
  close(): void
}
