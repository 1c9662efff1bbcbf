// What decides for an agent. A policy knows what came through the perception adapter, and nothing else of the world.
import type { Perception } from '../../protocol/perception.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'

/** What a policy decides by. */
export interface Turn {
  /** Counts from 0 over the whole run, restarts of the server included. */
  readonly cycle: number
  readonly perception: Perception
  /** What became of the last command; undefined: there was none. */
  readonly last: CommandReport | undefined
}

/** What it decides, and why: at least one character, for the log. */
export interface Decision {
  readonly command: AgentCommand
  readonly reasoning: string
}

export interface Policy {
  decide(turn: Turn, signal: AbortSignal): Promise<Decision>
}

export const NOOP: AgentCommand = { command: 'noop', params: {} }
