// The tables of studies. Instants are milliseconds UTC; JSON is text; booleans are 0 and 1.

export interface StudyTable {
  name: string
  /** The name in the form used for lookups: trimmed, lower case. */
  folded: string
  /** The stem of its file, folded: an alternative name. */
  alias: string | null
  /** `experiment` or `run`. */
  generation: string
  /** The file as its author wrote it. */
  source: string
  /** Closed by the researcher: no new participants. */
  is_closed: number
  /** JSON list: additional exit reasons that complete an assignment. */
  completing: string
  /** JSON object: the meaning of the file, with every default filled in. */
  config: string
  created_at: number
  updated_at: number
}

export interface StudyParticipantTable {
  study: string
  player_id: string
  /** JSON object: answered forms about the participant. */
  forms: string
  /** Hash of the link with which the participant joined. */
  link: string | null
  /** JSON object: ids of the recruiting platform. */
  external: string
  consent_version: string | null
  consent_at: number | null
  /** Sealed with the key of personal data. */
  signature: string | null
  completion_code: string | null
  completed_at: number | null
  withdrawn_at: number | null
  /** When no other participants came: this one is paid and finished. */
  released_at: number | null
  created_at: number
  updated_at: number
}

export interface AssignmentTable {
  assignment_id: string
  study: string
  player_id: string
  /** 1, 2, … for each participant. */
  ordinal: number
  game_name: string
  pc_hid: string
  npc_hid: string | null
  /** The four statuses of the wire, or `expired`: the participant did not start in time. */
  status: string
  assigned_at: number
  created_at: number
  updated_at: number
  started_at: number | null
  completed_at: number | null
  interrupted_at: number | null
  active_session_id: string | null
  /** JSON object: answered forms about the assignment. */
  form_responses: string
  batch_id: string | null
  batch_npc_hid: string | null
  /** Whether it holds a place in the quota without being counted. */
  is_reserved: number
  reserved_until: number | null
  /** How long places are reserved, in milliseconds; null: the study does not reserve. */
  reserve_ms: number | null
}

export interface StudyCounterTable {
  study: string
  game_name: string
  counted: number
  completed: number
  in_progress: number
  reserved: number
}

export interface StudyGroupTable {
  study: string
  game_name: string
  npc_hid: string
  /** Rows in progress or completed. */
  played: number
}

export interface StudyLinkTable {
  link_hash: string
  study: string
  /** The participant of a personal link, once it has been used. */
  player_id: string | null
  label: string | null
  is_reusable: number
  is_revoked: number
  created_at: number
  used_at: number | null
}

export interface SessionStudyTable {
  session_id: string
  study: string
  assignment_id: string
  /** The participant's arm: game, pc, npc. */
  arm: string
  consent_version: string | null
  created_at: number
}

/** One row per arm with several participants; locked while groups are formed. */
export interface StudyRoomTable {
  study: string
  arm: string
}

/** A participant who waits for others. */
export interface StudyWaitingTable {
  study: string
  player_id: string
  assignment_id: string
  arm: string
  entered_at: number
  /** When the participant's page last contacted the server. */
  seen_at: number
  deadline: number
}

/** An episode of a study. */
export interface StudyEpisodeTable {
  episode_id: string
  study: string
  arm: string
  world: string
  variant: string | null
  seed: number
  /** JSON list, one per slot: `participant` or the name of a bot. */
  players: string
  /** `starting`, `live` or `ended`. */
  status: string
  created_at: number
  /** The latest end of the episode. */
  ends_by: number
  ended_at: number | null
  /** JSON; null until the episode has ended, and if it failed. */
  outcome: string | null
  results: string | null
}

/** A participant's part in an episode. */
export interface StudySlotTable {
  episode_id: string
  slot: number
  study: string
  player_id: string
  assignment_id: string
  /** Empty once the episode has ended. */
  token: string
  consent_version: string | null
  exit_reason: string | null
  score: number | null
}

export interface StudyTables {
  studies: StudyTable
  study_participants: StudyParticipantTable
  assignments: AssignmentTable
  study_counters: StudyCounterTable
  study_groups: StudyGroupTable
  study_links: StudyLinkTable
  session_studies: SessionStudyTable
  study_rooms: StudyRoomTable
  study_waiting: StudyWaitingTable
  study_episodes: StudyEpisodeTable
  study_slots: StudySlotTable
}
