// The process interface of a command. Tests pass their own.
import type { Config } from '../config.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { Problem } from '../protocol/problem.ts'
import type { ConfigFile } from './config-file.ts'
import type { Style } from './style.ts'

/** Exit statuses, the same for every command. docs/cli.md explains them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, bug: 70 } as const

export interface Io {
  readonly config: Config
  /** paracosm.config.ts, if there is one. `config` and `worlds` include its settings. */
  readonly configFile: ConfigFile | undefined
  /** The worlds that a command can name. */
  readonly worlds: WorldRegistry
  /** Writes a line to standard output. */
  out(line: string): void
  /** Writes a line to standard error. */
  err(line: string): void
  /** Replaces the current status line on a terminal; does nothing elsewhere. */
  progress(line: string): void
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean
  /** Columns of the terminal that standard output goes to; undefined for pipes and files. */
  readonly columns: number | undefined
  /** Colours for standard output. */
  readonly style: Style
  /** Aborted on the first interrupt; a second one ends the process. */
  readonly signal: AbortSignal
  /** Sets the exit status of the process. */
  exit(status: number): void
}

/** Prints the single JSON document of a command run with `--json`. */
export function printJson(io: Pick<Io, 'out'>, value: unknown): void {
  io.out(JSON.stringify(value, undefined, 2))
}

/** The problem and the exit status for any thrown value. */
export function toFailure(error: unknown): { problem: Problem; status: number } {
  if (error instanceof AppError) return { problem: error.toProblem(), status: error.exit }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    problem: { code: 'INTERNAL_ERROR', message, hint: 'This is a bug in paracosm. Please report it with this text.' },
    status: EXIT.bug,
  }
}
