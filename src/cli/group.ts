// The type of a command group, as listed in groups.ts.
import type { Command } from 'commander'
import type { Io } from './io.ts'

/** Tasks; the headings of `paracosm --help`. */
export const TASKS = [
  'Get started',
  'Build worlds',
  'Connect agents and programs',
  'Run studies',
  'Collect evidence',
  'Operate',
] as const

export interface Group {
  readonly name: string
  readonly task: (typeof TASKS)[number]
  /** One line for `paracosm --help`. */
  readonly summary: string
  /**
   * Loads the group's modules, which are not loaded before.
   * @param command the word after the group's name: a large group loads only what that command needs
   */
  load(command?: string | undefined): Promise<{ createCommand(io: Io): Command }>
}
