// The command groups, in the order in which --help lists them. Each loads on its own.
import type { Command } from 'commander'
import type { Io } from './io.ts'

interface Group {
  readonly name: string
  readonly summary: string
  load(): Promise<{ createCommand(io: Io): Command }>
}

export const GROUPS: readonly Group[] = []
