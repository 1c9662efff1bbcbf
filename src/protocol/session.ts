// Sessions on the wire: the frames of the play socket, what the store keeps of a session, and the bodies and answers of
// the routes around them. Names and shapes are those of the original's API; our additions are marked.
import { z } from 'zod'
import { JsonObject } from './json.ts'

/** UTC, milliseconds, 'Z'. */
const Timestamp = z.iso.datetime({ precision: 3 })

// ---- frames from the client

/** UTF-16 units of one input. The games allow far less; answers at the end have only this limit. */
const MAX_INPUT = 20_000

export const ClientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('auth'),
    api_key: z.string().min(1).max(200),
    /** Ours: asks for `token` frames while the character answers. */
    stream: z.boolean().default(false),
  }),
  z.object({ type: z.literal('advance'), text: z.string().max(MAX_INPUT).default('') }),
  z.object({ type: z.literal('status') }),
  z.object({ type: z.literal('close') }),
])
export type ClientFrame = z.infer<typeof ClientFrame>

// ---- frames from the server

export const EVENT_TYPES = ['ai', 'info', 'error', 'warning'] as const
export const ENTRY_STATUSES = ['active', 'paused', 'closed'] as const

const Id = z.string()
export const SessionMetaFrame = z.strictObject({
  type: z.literal('session_meta'),
  session_id: Id,
  pc_hid: z.string(),
  npc_hid: z.string(),
  has_game_feedback: z.boolean(),
})
export const EventFrame = z.strictObject({
  type: z.literal('event'),
  session_id: Id,
  event_type: z.enum(EVENT_TYPES),
  content: z.string(),
  event_id: z.string().nullable(),
})
export const TurnEndFrame = z.strictObject({
  type: z.literal('turn_end'),
  session_id: Id,
  turns: z.int().min(0),
  exited: z.boolean(),
})
export const ReplayEventFrame = z.strictObject({
  type: z.literal('replay_event'),
  session_id: Id,
  event_type: z.enum(EVENT_TYPES),
  content: z.string(),
  event_id: z.string().nullable(),
  role: z.enum(['user', 'ai']),
})

export const ServerFrame = z.discriminatedUnion('type', [
  SessionMetaFrame,
  EventFrame,
  TurnEndFrame,
  ReplayEventFrame,
  z.strictObject({
    type: z.literal('status'),
    session_id: Id,
    status: z.enum(ENTRY_STATUSES),
    turns: z.int().min(0),
    exited: z.boolean(),
  }),
  z.strictObject({ type: z.literal('replay_start'), session_id: Id }),
  z.strictObject({ type: z.literal('replay_end'), session_id: Id, turns: z.int().min(0) }),
  z.strictObject({ type: z.literal('closed'), session_id: Id }),
  z.strictObject({ type: z.literal('error'), detail: z.string() }),
  /**
   * Ours: a piece of the answer in progress, for clients that requested it. The `event` that follows has the whole
   * text.
   */
  z.strictObject({ type: z.literal('token'), session_id: Id, text: z.string() }),
  /** Ours: discard the tokens since the last event; another answer or an error follows. */
  z.strictObject({ type: z.literal('token_reset'), session_id: Id }),
])
export type ServerFrame = z.infer<typeof ServerFrame>

// ---- what the store keeps

export const SESSION_STATUSES = ['active', 'paused', 'closed', 'error'] as const

export const ModelProfile = z.strictObject({
  updater_model: z.string(),
  validator_model: z.string(),
  scorer_model: z.string().nullable(),
})
export type ModelProfile = z.infer<typeof ModelProfile>

/** The head of a session, as reconstructions and dumps show it. */
export const SessionHeader = z.object({
  session_id: z.string().min(1).max(100),
  name: z.string(),
  player_id: z.string().nullable(),
  game_name: z.string(),
  source: z.string(),
  pc_hid: z.string().nullable(),
  npc_hid: z.string().nullable(),
  session_started_at: Timestamp,
  session_ended_at: Timestamp.nullable(),
  termination_reason: z.string().nullable(),
  status: z.enum(SESSION_STATUSES),
  turns_completed: z.int().min(0),
  model_profile: ModelProfile.nullable(),
  game_config_snapshot: JsonObject,
  last_seq: z.int().min(0),
  created_at: Timestamp,
  updated_at: Timestamp,
  paused_at: Timestamp.nullable(),
  resumed_at: Timestamp.nullable(),
  /** The session that this one was branched from; null: none. */
  branch_from_session_id: z.string().nullable(),
})
export type SessionHeader = z.infer<typeof SessionHeader>

export const EVENT_DIRECTIONS = ['inbound', 'outbound', 'internal'] as const

/** Feedback of a player on a message of a character. */
export const Feedback = z.strictObject({
  liked: z.boolean(),
  comment: z.string(),
  doesnt_make_sense: z.boolean(),
  out_of_character: z.boolean(),
  other: z.boolean(),
  submitted_at: Timestamp,
})
export type Feedback = z.infer<typeof Feedback>

/** One event of a session. */
export const SessionEvent = z.object({
  session_id: z.string(),
  /** 1, 2, … without gap in a session. */
  seq: z.int().positive(),
  event_id: z.string(),
  event_ts: Timestamp,
  direction: z.enum(EVENT_DIRECTIONS),
  event_type: z.string().min(1).max(64),
  event_source: z.string().min(1).max(64),
  content: z.string(),
  content_format: z.enum(['plain_text', 'markdown', 'json']),
  turn_index: z.int().min(0),
  command_name: z.string().nullable(),
  command_args: z.string().nullable(),
  visible_to_user: z.boolean(),
  persisted_at: Timestamp,
  feedback: Feedback.nullable().default(null),
  updated_at: Timestamp.nullable().default(null),
})
export type SessionEvent = z.infer<typeof SessionEvent>

// ---- routes

export const HttpError = z.object({ detail: z.union([z.string(), z.array(JsonObject)]) })

/** Form of a new player: identity, contact details and consent. */
export const Registration = z.strictObject({
  full_name: z.string().min(1).max(500),
  email: z.string().min(1).max(500),
  phone_number: z.string().min(1).max(100),
  consent_signature: z.string().min(1).max(500),
  consent_to_followup: z.boolean(),
})
export type Registration = z.infer<typeof Registration>

export const Registered = z.strictObject({ player_id: z.string(), api_key: z.string() })
export type Registered = z.infer<typeof Registered>
export const AuthRequest = z.strictObject({ api_key: z.string() })
/** Answer to an access key that is valid. */
export const Authenticated = z.strictObject({
  player_id: z.string(),
  full_name: z.string(),
  authenticated: z.literal(true),
})
export type Authenticated = z.infer<typeof Authenticated>

export const GameList = z.strictObject({
  games: z.array(z.strictObject({ name: z.string(), author: z.string(), description: z.string().nullable() })),
})
export type GameList = z.infer<typeof GameList>
export const CharacterList = z.strictObject({
  characters: z.array(z.strictObject({ hid: z.string(), short_description: z.string() })),
})
export type CharacterList = z.infer<typeof CharacterList>

/** The id under which a character is kept. */
export const SavedCharacter = z.strictObject({ character_id: z.string() })

/** The fields of a character in tables. */
export const CharacterEntry = z.strictObject({
  hid: z.string(),
  is_human: z.boolean(),
  pc_eligible: z.boolean(),
  common_labels: z.array(z.string()),
  short_description: z.string(),
  /** Assumptions that do not hold for a human; 0 for all others. */
  divergent: z.int().min(0),
})
export type CharacterEntry = z.infer<typeof CharacterEntry>
export const CharacterTable = z.strictObject({ characters: z.array(CharacterEntry) })

export const Choice = z.strictObject({ hid: z.string(), label: z.string() })
export const DENIALS = ['no_valid_pc', 'no_valid_npc'] as const
/** Characters that can be played and met in a game; `denial_reason` says why there are none. */
export const Setup = z.strictObject({
  game: z.string(),
  allowed: z.boolean(),
  can_start: z.boolean(),
  denial_reason: z.enum(DENIALS).nullable(),
  message: z.string(),
  pcs: z.array(Choice),
  npcs: z.array(Choice),
})
export type Setup = z.infer<typeof Setup>

export const PlayRequest = z.strictObject({
  api_key: z.string().nullish(),
  game: z.string().min(1).max(200),
  pc_choice: z.string().max(100).nullish(),
  npc_choice: z.string().max(100).nullish(),
  /** Without NUL, which PostgreSQL cannot store. */
  source: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[^\0]*$/)
    .default('api'),
  /** Ours: the overrides of the newer generation (limits, filters, what is shown). */
  overrides: JsonObject.nullish(),
})
export type PlayRequest = z.infer<typeof PlayRequest>

export const PlayStarted = z.strictObject({
  session_id: z.string(),
  status: z.literal('active'),
  ws_path: z.string(),
})
export type PlayStarted = z.infer<typeof PlayStarted>

export const SessionStatus = z.strictObject({
  status: z.enum(ENTRY_STATUSES),
  game_name: z.string(),
  turns: z.int().min(0),
})
export type SessionStatus = z.infer<typeof SessionStatus>

/** Sessions of a player, newest first. */
export const SessionList = z.strictObject({
  sessions: z.array(
    z.strictObject({
      session_id: z.string(),
      game: z.string(),
      status: z.enum(ENTRY_STATUSES),
      created_at: Timestamp,
      last_active: Timestamp,
      turns: z.int().min(0),
      exited: z.boolean(),
    }),
  ),
})
export type SessionList = z.infer<typeof SessionList>

/** Record of a session: its header, and every event in order. */
export const Reconstruction = z.strictObject({ session: JsonObject, events: z.array(JsonObject) })
export type Reconstruction = z.infer<typeof Reconstruction>

export const FeedbackRequest = z.strictObject({
  liked: z.boolean(),
  comment: z.string().max(20_000).default(''),
  doesnt_make_sense: z.boolean(),
  out_of_character: z.boolean(),
  other: z.boolean().default(false),
})
export type FeedbackRequest = z.infer<typeof FeedbackRequest>

export const FeedbackStored = z.strictObject({ session_id: z.string(), event_id: z.string(), feedback: Feedback })
export type FeedbackStored = z.infer<typeof FeedbackStored>
export const FeedbackCleared = z.strictObject({
  session_id: z.string(),
  event_id: z.string(),
  cleared: z.literal(true),
})
export type FeedbackCleared = z.infer<typeof FeedbackCleared>

/** Ours: the turn to branch after; absent: the current one. */
export const BranchRequest = z.strictObject({ at_turn: z.int().min(1).max(1_000_000).nullish() })

export const Branched = z.strictObject({
  session_id: z.string(),
  branch_from_session_id: z.string(),
  game_name: z.string(),
  status: z.literal('paused'),
  ws_path: z.string(),
})
export type Branched = z.infer<typeof Branched>

/** Ours: a key that may watch one session, and nothing else. */
export const SpectatorKey = z.strictObject({ spectator_key: z.string(), ws_path: z.string() })
export type SpectatorKey = z.infer<typeof SpectatorKey>

export const Evaluation = z.strictObject({
  tier: z.int().min(0).max(3),
  score: z.int().min(0).max(100),
  reasoning: z.string(),
})
export type Evaluation = z.infer<typeof Evaluation>
export const EvaluationAnswer = z.strictObject({
  session_id: z.string(),
  event_id: z.string(),
  cached: z.boolean(),
  evaluation: Evaluation,
})
export type EvaluationAnswer = z.infer<typeof EvaluationAnswer>

export const ServerStatus = z.strictObject({
  status: z.literal('ok'),
  started_at: Timestamp,
  /** Whole seconds. */
  uptime: z.int().min(0),
})
export type ServerStatus = z.infer<typeof ServerStatus>

export const SERVER_MODES = ['standard', 'free_play'] as const
export const ServerConfig = z.strictObject({
  mode: z.enum(SERVER_MODES),
  authentication_required: z.boolean(),
  registration_enabled: z.boolean(),
  experiments_enabled: z.boolean(),
  default_experiment_name: z.string().nullable(),
  /** What clients of the newest generation ask for before anything else. */
  run_name: z.string(),
})
export type ServerConfig = z.infer<typeof ServerConfig>

/** What plays the characters: language models, the rule-based stand-in, or one fixed text. */
export const ROLE_MODEL_KINDS = ['model', 'local', 'fixed'] as const
/** Ours: lets a page say plainly whether a model answers. */
export const RoleModelsInfo = z.strictObject({
  kind: z.enum(ROLE_MODEL_KINDS),
  models: ModelProfile,
  /** Spending of this server since its start; null if nothing has a cost. */
  spent: z
    .strictObject({
      calls: z.int().min(0),
      input_tokens: z.int().min(0),
      output_tokens: z.int().min(0),
      /** US dollars, as reported by the endpoint. */
      cost_usd: z.number().min(0),
      unpriced_calls: z.int().min(0),
    })
    .nullable(),
  /** Where the server stops asking models; null: no limit, or nothing costs anything. */
  limits: z.strictObject({ tokens: z.int().nullable(), cost_usd: z.number().nullable() }).optional(),
  /** The model that plays slots of episodes, as `model:<name>`; null: the server has none. */
  agent: z.string().nullable().optional(),
})
export type RoleModelsInfo = z.infer<typeof RoleModelsInfo>
