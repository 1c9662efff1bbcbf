// One row of the command log, as `paracosm log`, GET /api/commands and archives show it. The columns of the original come
// first; `world`, `slot` and `command_id` are ours.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { PERCEPTION_PROTOCOL_VERSION } from './perception.ts'

/** UTC, milliseconds: '2026-03-21T14:30:01.000Z'. */
export const Instant = z.iso.datetime({ precision: 3 })

/** One command of the log, with what its agent saw and what came of it. */
export const CommandLogRow = z.object({
  /** Counts up from 1 in the order of logging. */
  id: z.int().positive(),
  /** When the agent sent it, by its own clock. */
  timestamp: Instant,
  command: z.string().min(1).max(64),
  params: JsonObject,
  reasoning: z.string(),
  /** What the agent saw when it decided; null when that is not known. */
  perception_snapshot: JsonObject.nullable(),
  /** What came of it: null while it is under way; a refused command says `refused: CODE: why`. */
  outcome: z.string().nullable(),
  agent_id: z.string().min(1).max(64),
  episode_id: z.string().max(128).nullable(),
  cell: z.string().max(255).nullable(),
  protocol_version: z.string().max(16).default(PERCEPTION_PROTOCOL_VERSION),
  /** When it was logged, by the log's clock. */
  created_at: Instant,
  world: z.string().max(64).nullable().default(null),
  slot: z.int().min(0).max(255).nullable().default(null),
  /** The adapter's name for it; null for commands that came in by other ways than the perception adapter. */
  command_id: z.string().max(64).nullable().default(null),
  /** `context.heartbeat_cycle` of the command: the number of the agent's turn; null when it gave none. */
  heartbeat_cycle: z.int().min(0).nullable().default(null),
  /** The slot's score in its episode when the command had ended; null when that is not known. */
  score: z.number().nullable().default(null),
})
export type CommandLogRow = z.infer<typeof CommandLogRow>

/** A row before it is logged: the log numbers and dates it. What is left out is not known. */
export type NewCommandLogRow = Omit<CommandLogRow, 'id' | 'created_at' | 'heartbeat_cycle' | 'score'> &
  Partial<Pick<CommandLogRow, 'heartbeat_cycle' | 'score'>>

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** An instant with its zone, or a day: meant whole, in UTC. */
const momentOf = (ofDay: 'T00:00:00.000Z' | 'T23:59:59.999Z') =>
  z
    .string()
    .transform((text) => (DAY.test(text) ? `${text}${ofDay}` : text))
    .pipe(z.iso.datetime({ offset: true, message: 'write 2026-03-21, or 2026-03-21T14:30:00Z' }))

/** Which rows. All that are given must hold; both ends of the time are included. */
export const CommandFilters = z.strictObject({
  command_type: z.string().max(64).exactOptional(),
  cell: z.string().max(255).exactOptional(),
  episode_id: z.string().max(128).exactOptional(),
  agent_id: z.string().max(64).exactOptional(),
  world: z.string().max(64).exactOptional(),
  /** What the outcome says before its first colon: `refused`, `done`. `pending`: there is none yet. */
  outcome: z.string().max(64).exactOptional(),
  since: momentOf('T00:00:00.000Z').exactOptional(),
  until: momentOf('T23:59:59.999Z').exactOptional(),
  /** The least score that the row's slot must have had in its episode. */
  min_score: z.number().exactOptional(),
})
export type CommandFilters = z.infer<typeof CommandFilters>

/** Rows of one page of the log. */
export const MAX_COMMAND_PAGE = 1000

/** One page of the command log, newest first. */
export const CommandPage = z.strictObject({
  entries: z.array(CommandLogRow),
  /** Give it back as `cursor` for what is older; null: there is nothing older. */
  next_cursor: z.string().nullable(),
})
export type CommandPage = z.infer<typeof CommandPage>

/** How many commands the filters choose. */
export const CommandCount = z.strictObject({ count: z.int().min(0) })
export type CommandCount = z.infer<typeof CommandCount>

export const COMMAND_ARCHIVE_VERSION = 1

/** First line of an archive of rotated rows; the rows follow, oldest first, one a line. */
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

/** What the log knows of an episode, so that rows can be chosen by how it ended. */
export const LoggedEpisode = z.strictObject({
  episode_id: z.string().min(1).max(128),
  world: z.string().max(64),
  variant: z.string().nullable(),
  /** One a slot; null while it is played. */
  scores: z.array(z.number()).nullable(),
  /** `terminated` or `truncated`; null while it is played. */
  outcome: z.string().nullable(),
  finished_at: Instant.nullable(),
})
export type LoggedEpisode = z.infer<typeof LoggedEpisode>
