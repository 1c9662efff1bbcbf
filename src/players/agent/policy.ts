// Decides for an agent. A policy knows only what came through the perception adapter.
import type { Perception } from '../../protocol/perception.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'

/** Input of a decision. */
export interface Turn {
  /** Counts from 0 over the whole run, including restarts of the server. */
  readonly cycle: number
  readonly perception: Perception
  /** Outcome of the last command; undefined: there was none. */
  readonly last: CommandReport | undefined
}

/** The decision and its reason, which must not be empty. */
export interface Decision {
  readonly command: AgentCommand
  readonly reasoning: string
}

export interface Policy {
  decide(turn: Turn, signal: AbortSignal): Promise<Decision>
}

export const NOOP: AgentCommand = { command: 'noop', params: {} }
