// The tables of hosted games. Ids are UUIDs without prefix; instants are milliseconds UTC; booleans are 0 and 1.

export interface PlaySessionTable {
  session_id: string
  coworld_id: string
  variant_id: string
  episode_id: string
  /** Who created it; null: the operator. */
  player_id: string | null
  allows_spectators: number
  slots: number
  /** Slots that have been given out. */
  taken: number
  /** `open`, `ended`, `expired`. */
  status: string
  created_at: number
  expires_at: number
  full_at: number | null
  /** Sealed tokens of the slots of a package's game, as JSON; null: a world of the server, whose journal has them. */
  tokens: string | null
  /** The run that plays, or has played, a package's game: 16 hex digits. */
  run_id: string | null
  /** Why the game ended without its results, for its people; null: it did not, or its results say it. */
  reason: string | null
  /** The data folder of the server that hosts it; null: it was opened before servers had an identity. */
  home: string | null
  has_results: number
  has_replay: number
}

export interface PlaySlotTable {
  session_id: string
  slot: number
  /** Null: a guest. */
  player_id: string | null
  /** SHA-256 of the secret in a guest's cookie; null: a player, or a guest without cookies. */
  guest_hash: string | null
  label: string
  joined_at: number
}

export interface PlayTables {
  play_sessions: PlaySessionTable
  play_slots: PlaySlotTable
}
