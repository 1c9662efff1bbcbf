// Every table of the store, as Kysely sees it: the one place where its columns are named. Both backends have the same.
// Instants are integers: milliseconds UTC since 1970. JSON is text, so that it can be handed on without being parsed.
// To add a table: its interface here, its DDL in a new file under migrations/, its row in migrations.ts.
import type { Generated, Transaction } from 'kysely'
import type { EpisodeTables } from './episodes/tables.ts'
import type { EvaluationTables } from './evaluations/tables.ts'
import type { JobTables } from './jobs/tables.ts'
import type { LeagueTables } from './leagues/tables.ts'
import type { SessionTables } from './sessions/tables.ts'
import type { StudyTables } from './studies/tables.ts'

export interface CommandTable {
  id: Generated<number>
  timestamp: number
  command: string
  params: string
  reasoning: string
  perception_id: number | null
  outcome: string | null
  /** The text before the first colon of the outcome, or `pending`: used as a filter in queries. */
  outcome_kind: Generated<string>
  agent_id: string
  episode_id: string | null
  cell: string | null
  protocol_version: string
  created_at: number
  world: string | null
  slot: number | null
  command_id: string | null
  idempotency_key: string | null
  /** Where an imported row comes from, and its number there: the same row never comes in twice. */
  origin: string | null
  origin_id: number | null
  heartbeat_cycle: number | null
  score: number | null
}

export interface PerceptionTable {
  id: Generated<number>
  hash: string
  body: string
}

export interface LoggedEpisodeTable {
  episode_id: string
  world: string
  variant: string | null
  /** A JSON list of numbers, one per slot; null while it is played. */
  scores: string | null
  /** How it ended; null while it is played. */
  outcome: string | null
  finished_at: number | null
}

/** Small facts about the store itself: the log's own name, when it was last opened. */
export interface StoreFactTable {
  name: string
  value: string
}

export interface StoreMigrationTable {
  number: number
  name: string
  applied_at: number
}

export interface Tables extends SessionTables, EpisodeTables, JobTables, EvaluationTables, StudyTables, LeagueTables {
  commands: CommandTable
  perceptions: PerceptionTable
  logged_episodes: LoggedEpisodeTable
  store_facts: StoreFactTable
  store_migrations: StoreMigrationTable
}

/** A transaction of the store. */
export type StoreTransaction = Transaction<Tables>
