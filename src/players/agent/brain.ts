// What decides for an agent. A brain knows what came through the perception door, and nothing else of the world.
import type { Perception } from '../../protocol/perception.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import type { CommandReport } from '../../protocol/perception-door.ts'

/** What a brain decides by. */
export interface Beat {
  /** Counts from 0 over the whole run, restarts of the server included. */
  readonly cycle: number
  readonly perception: Perception
  /** What became of the last command; undefined: there was none. */
  readonly last: CommandReport | undefined
}

/** What it decides, and why: at least one character, for the log. */
export interface Thought {
  readonly command: AgentCommand
  readonly reasoning: string
}

export interface Brain {
  decide(beat: Beat, signal: AbortSignal): Promise<Thought>
}

export const NOOP: AgentCommand = { command: 'noop', params: {} }
