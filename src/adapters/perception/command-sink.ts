// Where the adapter logs commands. The command log of the store is one; tests keep rows in memory.
import type { CommandLogRow, NewCommandLogRow } from '../../protocol/command-log.ts'

/** The result of logging a command. */
export interface Logged {
  /** The command's id: the first one's when it is a repeat. */
  readonly command_id: string | null
  /** Whether a row with the same idempotency key already exists; then nothing was logged. */
  readonly isRepeat: boolean
}

export interface CommandSink {
  /**
   * Resolves when the row is durable.
   * @param idempotencyKey at most 64 characters; undefined: never a repeat
   */
  append(row: NewCommandLogRow, idempotencyKey: string | undefined): Promise<Logged>
  /** Records the outcome of a command, and the score of its slot at that time; null if it has none. */
  setOutcome(commandId: string, outcome: string, score: number | null): Promise<void>
  /** The row of a command; undefined when there is none. */
  find(commandId: string): Promise<CommandLogRow | undefined>
  /** Rows of an agent without an outcome, newest first, about a hundred. */
  open(agentId: string): Promise<readonly CommandLogRow[]>
}
