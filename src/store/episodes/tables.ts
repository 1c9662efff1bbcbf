// The tables of the episode index. Instants are milliseconds UTC. An unknown instant is stored as 0, so that both
// backends sort rows alike. JSON is text.

export interface EpisodeTable {
  episode_id: string
  status: string
  world_id: string | null
  world_version: string | null
  world_code: string | null
  variant: string | null
  seed: number | null
  /** JSON list of players, one per slot. */
  players: string
  kind: string
  started_at: number
  ended_at: number
  steps: number
  /** JSON object. */
  outcome: string | null
  /** JSON object. */
  results: string | null
  hash: string | null
  /** JSON object. */
  problem: string | null
  /** Name of the journal's blob. */
  journal: string | null
  parent_id: string | null
  /** Failed attempts to resume the episode. */
  attempts: number
  /** The server that runs the episode, and the expiry of its lease; null: none. */
  owner: string | null
  lease_until: number
  /** 1 while the index is being rebuilt and this row has not been confirmed. */
  is_stale: number
}

/** One row per distinct name among an episode's players. */
export interface EpisodePlayerTable {
  player: string
  episode_id: string
  /** The start of the episode, by which a player's episodes are listed. */
  started_at: number
}

export interface EpisodeTables {
  episodes: EpisodeTable
  episode_players: EpisodePlayerTable
}
