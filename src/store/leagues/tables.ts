// The tables of leagues. Ids are UUIDs without their prefixes; instants are milliseconds UTC; JSON is text; booleans
// are 0 and 1.

export interface LeagueTable {
  league_id: string
  name: string
  slug: string
  /** The id of the world that is played; the API calls it game. */
  world: string
  /** JSON list of variant ids. */
  variants: string
  /** JSON object, merged into every variant. */
  config: string
  /** JSON object: the commissioner. */
  commissioner: string
  /** JSON: the state that the commissioner asked to keep. */
  state: string
  is_public: number
  is_hidden: number
  /** 1: no rounds are scheduled. */
  is_paused: number
  /** The number of its last round. */
  rounds: number
  created_at: number
}

export interface LeagueDivisionTable {
  division_id: string
  league_id: string
  name: string
  level: number
  /** `competition` or `staging`. */
  type: string
  description: string | null
  created_at: number
  /** Null: in use. */
  archived_at: number | null
}

/** The commissioner that a league had up to a round. */
export interface LeagueCommissionerTable {
  league_id: string
  /** Number of the last round that it decided. */
  until_round: number
  /** JSON object. */
  commissioner: string
  changed_at: number
}

export interface LeaguePlayerTable {
  player_id: string
  name: string
  created_at: number
}

export interface LeaguePolicyVersionTable {
  policy_version_id: string
  policy_id: string
  name: string
  version: number
  player_id: string | null
  /** JSON object: an EvaluationPlayer. */
  player: string
  created_at: number
}

export interface LeagueMembershipTable {
  membership_id: string
  league_id: string
  division_id: string | null
  policy_version_id: string
  player_id: string | null
  status: string
  substatus: string | null
  is_champion: number
  is_active: number
  created_at: number
  ended_at: number | null
  /** `always`, `never`, `lineage`. */
  auto_champion: string
  /** JSON object; null: none. */
  preferences: string | null
}

export interface LeagueSubmissionTable {
  submission_id: string
  league_id: string
  policy_version_id: string
  player_id: string | null
  status: string
  membership_id: string | null
  notes: string | null
  created_at: number
  auto_champion: string
  /** JSON object; null: none. */
  preferences: string | null
}

export interface LeagueRoundTable {
  round_id: string
  league_id: string
  division_id: string
  round_number: number
  status: string
  backend: string
  /** JSON object. */
  round_config: string
  /** JSON object: the start message for the commissioner, kept so that a restarted round gets the same one. */
  round_start: string | null
  /** JSON object. */
  round_display: string | null
  error: string | null
  created_at: number
  started_at: number | null
  completed_at: number | null
  /** `pending`: the commissioner is still to be asked what follows; `applied`, `refused`, `unknown`. Null: not asked. */
  aftermath: string | null
  /** The round whose commissioner asked for this one. */
  follows: string | null
  /** Number of rounds in a row that asked for each other before this one. */
  depth: number
}

export interface LeagueEpisodeTable {
  episode_id: string
  /** Of a round, or the same as `experience_id`. */
  round_id: string
  /** Of an experience request; null: it belongs to a round. */
  experience_id: string | null
  /** The commissioner's own id. */
  request_id: string
  variant_id: string
  seed: number
  /** JSON list of policy version ids, one per slot. */
  lineup: string
  /** JSON object that replaces the variant's configuration; null: none. */
  game_config: string | null
  /** `pending`, `completed`, `failed`, `cancelled`. */
  status: string
  /** JSON list, one per slot. */
  scores: string | null
  error: string | null
  /** JSON object: the class of the error, and the slot that failed. */
  error_info: string | null
  journal: string | null
  hash: string | null
  created_at: number
  /** When its last attempt began; null: it waits, or belongs to a round. */
  started_at: number | null
  ended_at: number | null
}

export interface LeagueResultTable {
  round_id: string
  division_id: string
  policy_version_id: string
  player_id: string | null
  rank: number
  score: number
  /** JSON object. */
  metadata: string
}

export interface LeagueEventTable {
  event_id: string
  league_id: string
  division_id: string | null
  round_id: string | null
  policy_version_id: string | null
  player_id: string | null
  event_type: string
  /** Who caused it: `commissioner`, `platform`, a player. */
  actor: string
  headline: string
  summary: string
  /** JSON object. */
  payload: string
  created_at: number
}

/** A bearer token of a player; only its hash is stored. */
export interface LeagueTokenTable {
  token_id: string
  token_hash: string
  player_id: string
  label: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

/** An uploaded source archive. */
export interface LeagueSourceTable {
  source_id: string
  /** Null: belongs to the operator. */
  player_id: string | null
  blob: string
  /** SHA-256 of the archive, in hex. */
  hash: string
  size_bytes: number
  files: number
  created_at: number
}

export interface LeagueSecretTable {
  policy_version_id: string
  name: string
  sealed: string
  created_at: number
}

/** A secret of a package, for the environment of its game. */
export interface CoworldSecretTable {
  name_key: string
  secret_name: string
  sealed: string
  size_bytes: number
  updated_at: number
}

/** An uploaded image. `owner` is the id of a player, or empty for the operator. */
export interface LeagueImageTable {
  image_id: string
  owner: string
  name: string
  version: number
  client_hash: string
  /** `pending`, `ready`. */
  status: string
  /** Images with the same bytes share the repository of the first. */
  repository: string
  tag: string
  /** The digest of its manifest; null: not pushed. */
  digest: string | null
  size_bytes: number
  is_public: number
  created_at: number
  /** When it was last announced, pushed to, or named in an upload. */
  touched_at: number
}

/** A blob that was pushed to a repository: nobody refers to bytes that they have not sent. */
export interface LeagueImageBlobTable {
  repository: string
  digest: string
  size_bytes: number
  created_at: number
}

/** The owner of a package's name; `-` and `_` count as equal. */
export interface LeagueCoworldNameTable {
  name_key: string
  owner: string
  created_at: number
}

export interface LeagueCoworldTable {
  coworld_id: string
  owner: string
  name: string
  name_key: string
  version: string
  /** JSON object with ids of images. */
  manifest: string
  manifest_hash: string
  size_bytes: number
  /** `pending`, `accepted`, `refused`. */
  status: string
  canonical: number
  /** JSON object. */
  certification: string
  created_at: number
}

/** A batch of episodes that a player has asked for. */
export interface ExperienceRequestTable {
  experience_id: string
  /** Null: the operator. */
  player_id: string | null
  world: string
  variant_id: string
  /** JSON object, merged into the variant. */
  config: string
  /** JSON object: the target as requested, with ids. */
  target: string
  notes: string | null
  created_at: number
  /** When its last episode ended. */
  ended_at: number | null
  cancelled_at: number | null
}

/** What a grader, diagnoser or reporter made of an episode. */
export interface EpisodeReportTable {
  report_id: string
  episode_id: string
  coworld_id: string
  player_id: string | null
  role: string
  role_id: string
  target: string | null
  /** `pending`, `running`, `completed`, `failed`. */
  status: string
  /** JSON object. */
  grade: string | null
  /** Names of blobs. */
  output: string | null
  log: string | null
  error: string | null
  created_at: number
  started_at: number | null
  ended_at: number | null
}

export interface LeagueTables {
  experience_requests: ExperienceRequestTable
  episode_reports: EpisodeReportTable
  league_images: LeagueImageTable
  league_image_blobs: LeagueImageBlobTable
  league_coworld_names: LeagueCoworldNameTable
  league_coworlds: LeagueCoworldTable
  league_tokens: LeagueTokenTable
  league_sources: LeagueSourceTable
  league_secrets: LeagueSecretTable
  coworld_secrets: CoworldSecretTable
  league_commissioners: LeagueCommissionerTable
  leagues: LeagueTable
  league_divisions: LeagueDivisionTable
  league_players: LeaguePlayerTable
  league_policy_versions: LeaguePolicyVersionTable
  league_memberships: LeagueMembershipTable
  league_submissions: LeagueSubmissionTable
  league_rounds: LeagueRoundTable
  league_episodes: LeagueEpisodeTable
  league_results: LeagueResultTable
  league_events: LeagueEventTable
}
