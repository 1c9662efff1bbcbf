// One row of the command log, as `paracosm log`, GET /api/commands and archives show it. The columns of the original come
// first; `world`, `slot` and `command_id` are ours.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { PERCEPTION_PROTOCOL_VERSION } from './perception.ts'

/** UTC, milliseconds: '2026-03-21T14:30:01.000Z'. */
export const Instant = z.iso.datetime({ precision: 3 })

/** One command of the log, with the agent's perception and the outcome. */
export const CommandLogRow = z.object({
  /** Counts up from 1 in the order of logging. */
  id: z.int().positive(),
  /** When the agent sent it, by its own clock. */
  timestamp: Instant,
  command: z.string().min(1).max(64),
  params: JsonObject,
  reasoning: z.string(),
  /** What the agent saw when it decided; null if unknown. */
  perception_snapshot: JsonObject.nullable(),
  /** The outcome: null while the command is running; for a refused command `refused: CODE: reason`. */
  outcome: z.string().nullable(),
  agent_id: z.string().min(1).max(64),
  episode_id: z.string().max(128).nullable(),
  cell: z.string().max(255).nullable(),
  protocol_version: z.string().max(16).default(PERCEPTION_PROTOCOL_VERSION),
  /** When it was logged, by the log's clock. */
  created_at: Instant,
  world: z.string().max(64).nullable().default(null),
  slot: z.int().min(0).max(255).nullable().default(null),
  /** The adapter's name for it; null for commands that did not come through the perception adapter. */
  command_id: z.string().max(64).nullable().default(null),
  /** `context.heartbeat_cycle` of the command: the number of the agent's turn; null if it gave none. */
  heartbeat_cycle: z.int().min(0).nullable().default(null),
  /** The slot's score in its episode when the command had ended; null if unknown. */
  score: z.number().nullable().default(null),
})
export type CommandLogRow = z.infer<typeof CommandLogRow>

/** A row before it is logged: the log numbers and dates it. Omitted fields are unknown. */
export type NewCommandLogRow = Omit<CommandLogRow, 'id' | 'created_at' | 'heartbeat_cycle' | 'score'> &
  Partial<Pick<CommandLogRow, 'heartbeat_cycle' | 'score'>>

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** An instant with its zone, or a whole day in UTC. */
const momentOf = (ofDay: 'T00:00:00.000Z' | 'T23:59:59.999Z') =>
  z
    .string()
    .transform((text) => (DAY.test(text) ? `${text}${ofDay}` : text))
    .pipe(z.iso.datetime({ offset: true, message: 'write 2026-03-21, or 2026-03-21T14:30:00Z' }))

/** Filters for rows. All given filters must match; both ends of the time range are included. */
export const CommandFilters = z.strictObject({
  command_type: z.string().max(64).exactOptional(),
  cell: z.string().max(255).exactOptional(),
  episode_id: z.string().max(128).exactOptional(),
  agent_id: z.string().max(64).exactOptional(),
  world: z.string().max(64).exactOptional(),
  /** The outcome up to its first colon, such as `refused` or `done`. `pending`: no outcome yet. */
  outcome: z.string().max(64).exactOptional(),
  since: momentOf('T00:00:00.000Z').exactOptional(),
  until: momentOf('T23:59:59.999Z').exactOptional(),
  /** Minimum score of the row's slot in its episode. */
  min_score: z.number().exactOptional(),
})
export type CommandFilters = z.infer<typeof CommandFilters>

/** Rows of one page of the log. */
export const MAX_COMMAND_PAGE = 1000

/** One page of the command log, newest first. */
export const CommandPage = z.strictObject({
  entries: z.array(CommandLogRow),
  /** Pass it as `cursor` to get older rows; null: there are none. */
  next_cursor: z.string().nullable(),
})
export type CommandPage = z.infer<typeof CommandPage>

/** Number of commands that match the filters. */
export const CommandCount = z.strictObject({ count: z.int().min(0) })
export type CommandCount = z.infer<typeof CommandCount>

export const COMMAND_ARCHIVE_VERSION = 1

/** First line of an archive of rotated rows; the rows follow, oldest first, one per line. */
export const CommandArchiveHeader = z.strictObject({
  paracosm: z.literal('commands'),
  version: z.literal(COMMAND_ARCHIVE_VERSION),
  /** Names the log that the rows come from, so that importing them twice adds nothing. */
  log: z.string().min(1).max(64),
  /** The rows are older than this. */
  cutoff: Instant,
})
export type CommandArchiveHeader = z.infer<typeof CommandArchiveHeader>

/** A row of an archive. `origin` and `origin_id` say where a row that was itself imported comes from. */
export const ArchivedCommand = CommandLogRow.extend({
  origin: z.string().max(200).exactOptional(),
  origin_id: z.int().positive().exactOptional(),
})
export type ArchivedCommand = z.infer<typeof ArchivedCommand>

/** The log's data on an episode, for filters by its result. */
export const LoggedEpisode = z.strictObject({
  episode_id: z.string().min(1).max(128),
  world: z.string().max(64),
  variant: z.string().nullable(),
  /** One per slot; null while the episode runs. */
  scores: z.array(z.number()).nullable(),
  /** `terminated` or `truncated`; null while it is played. */
  outcome: z.string().nullable(),
  finished_at: Instant.nullable(),
})
export type LoggedEpisode = z.infer<typeof LoggedEpisode>
