// What a command group is: a row of groups.ts.
import type { Command } from 'commander'
import type { Io } from './io.ts'

/** What people come for; the headings of `paracosm --help`. */
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
  /** Loads the group's modules; nothing of a group is loaded before. */
  load(): Promise<{ createCommand(io: Io): Command }>
}
