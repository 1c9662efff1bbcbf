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
