// The tables of players, characters and sessions. Instants are milliseconds UTC; JSON is text; booleans are 0 and 1.
import type { Generated } from 'kysely'

export interface PlayerTable {
  player_id: string
  /** SHA-256 of the access key, 64 hex digits; null: no key was issued, or the player was imported without one. */
  key_hash: string | null
  key_revoked: number
  last_key_issued_at: number | null
  created_at: number
  /** JSON object: the player's fields that are not personal. */
  fields: string
  /** JSON object: values of an imported player that the columns cannot hold unchanged. */
  extra: string | null
}

export interface PersonalDataTable {
  player_id: string
  /** JSON object, sealed: `fields` has the answers by name. */
  sealed: string
  created_at: number
  updated_at: number
}

export interface CharacterTable {
  hid: string
  /** The whole document as JSON. */
  body: string
  /** Keeps the order of the imported file. */
  position: number
  updated_at: number
}

export interface SessionTable {
  session_id: string
  name: string
  player_id: string | null
  game_name: string
  source: string
  pc_hid: string | null
  npc_hid: string | null
  session_started_at: number
  session_ended_at: number | null
  termination_reason: string | null
  status: string
  turns_completed: number
  model_profile: string | null
  game_config_snapshot: string
  last_seq: number
  created_at: number
  updated_at: number
  paused_at: number | null
  resumed_at: number | null
  branch_from_session_id: string | null
  /** JSON object: keys of an imported session that have no column. */
  extra: string | null
  /** The server that has the session in memory, and the expiry of its claim; null: none. */
  claimed_by: string | null
  claimed_until: number | null
  /** Counts the claims; writes and releases name the claim to which they belong. */
  claim_version: Generated<number>
  /** JSON object with `code` and `message`: why the last attempt to open the session failed; null: it did not fail. */
  fault: string | null
  /** Consecutive failures to open it. */
  attempts: Generated<number>
  /** When the sweep tries again; null: at once. */
  retry_at: number | null
}

export interface SessionJournalTable {
  session_id: string
  /** 1, 2, … */
  part: number
  /** Lines of the journal, each with its line ending. */
  lines: string
}

export interface SessionEventTable {
  session_id: string
  seq: number
  event_id: string
  event_ts: number
  direction: string
  event_type: string
  event_source: string
  content: string
  content_format: string
  turn_index: number
  command_name: string | null
  command_args: string | null
  visible_to_user: number
  persisted_at: number
  /** JSON object. */
  feedback: string | null
  updated_at: number | null
  extra: string | null
}

export interface SpectatorKeyTable {
  key_hash: string
  session_id: string
  created_at: number
}

/** Collections of imported dumps without a table of their own, stored unchanged. */
export interface DocumentTable {
  collection: string
  position: number
  body: string
}

export interface SessionTables {
  players: PlayerTable
  personal_data: PersonalDataTable
  characters: CharacterTable
  sessions: SessionTable
  session_journals: SessionJournalTable
  session_events: SessionEventTable
  spectator_keys: SpectatorKeyTable
  documents: DocumentTable
}
