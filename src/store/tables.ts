// Every table of the store, in Kysely's types: the only place that names the columns. Both backends have the same
// tables. Instants are integers, in milliseconds UTC since 1970. JSON is text, so that it can be passed on without
// parsing.
// To add a table: its interface here, its DDL in a new file under migrations/, its row in migrations.ts.
import type { Generated, Transaction } from 'kysely'
import type { EpisodeTables } from './episodes/tables.ts'
import type { EvaluationTables } from './evaluations/tables.ts'
import type { JobTables } from './jobs/tables.ts'
import type { LeagueTables } from './leagues/tables.ts'
import type { PlayTables } from './play/tables.ts'
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
  /** The source of an imported row, and its number there: the same row is never imported twice. */
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
  /** A JSON list of numbers, one per slot; null while the episode is played. */
  scores: string | null
  /** How the episode ended; null while it is played. */
  outcome: string | null
  finished_at: number | null
}

/** Small facts about the store itself, such as the log's own name and the last time it was opened. */
export interface StoreFactTable {
  name: string
  value: string
}

export interface StoreMigrationTable {
  number: number
  name: string
  applied_at: number
}

export interface Tables
  extends SessionTables,
    EpisodeTables,
    JobTables,
    EvaluationTables,
    StudyTables,
    LeagueTables,
    PlayTables {
  commands: CommandTable
  perceptions: PerceptionTable
  logged_episodes: LoggedEpisodeTable
  store_facts: StoreFactTable
  store_migrations: StoreMigrationTable
}

/** A transaction of the store. */
export type StoreTransaction = Transaction<Tables>
