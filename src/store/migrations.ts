// What makes the tables, in order. A migration that has been released is never changed: add the next number.
import { createCommandLog } from './migrations/0001-command-log.ts'
import type { DdlWords } from './migrations/ddl.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  /** Statements, run in order in one transaction with all that are still to be run. */
  statements(words: DdlWords): readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [{ number: 1, name: 'command log', statements: createCommandLog }]
