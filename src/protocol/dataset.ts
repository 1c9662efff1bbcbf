// Datasets from the command log: the formats, their records, and the report of an export.
import { z } from 'zod'
import { CommandFilters, CommandLogRow, Instant } from './command-log.ts'
import { JsonObject } from './json.ts'

export const DATASET_FORMATS = [
  'raw',
  'chat',
  'instruction',
  'episodes',
  'sharegpt',
  'parquet',
  'trajectories',
] as const
export const DatasetFormat = z.enum(DATASET_FORMATS)
export type DatasetFormat = z.infer<typeof DatasetFormat>

/** Filters for rows of the log. All given filters must match. */
export const DatasetFilters = CommandFilters.omit({ command_type: true, cell: true })
export type DatasetFilters = z.infer<typeof DatasetFilters>

/** The report of an export. `format` names it as the original does: `chat_completion`, `episode_sequence`. */
export const DatasetStatistics = z.strictObject({
  total_records: z.int().min(0),
  /** For `episodes` and `trajectories`; 0 for other formats. */
  episodes_exported: z.int().min(0),
  /** Rows that the format cannot represent: without a perception, or of an episode that is too short. */
  skipped_records: z.int().min(0),
  output_path: z.string(),
  format: z.string(),
  exported_at: Instant,
})
export type DatasetStatistics = z.infer<typeof DatasetStatistics>

export const RawRecord = z.strictObject({
  input: z.strictObject({ perception: JsonObject }),
  output: z.strictObject({ command: z.string(), params: JsonObject, reasoning: z.string() }),
  metadata: z.strictObject({
    timestamp: Instant,
    episode_id: z.string().nullable(),
    cell: z.string().nullable(),
    outcome: z.string().nullable(),
  }),
})

const message = <Role extends string>(role: Role) =>
  z.strictObject({ role: z.literal(role), content: z.string().min(1) })

export const ChatRecord = z.strictObject({
  messages: z.tuple([message('system'), message('user'), message('assistant')]),
})

export const InstructionRecord = z.strictObject({
  instruction: z.string().min(1),
  input: z.string().min(1),
  output: z.string().min(1),
})

const turn = <From extends string>(from: From) => z.strictObject({ from: z.literal(from), value: z.string().min(1) })

export const ShareGptRecord = z.strictObject({
  conversations: z.tuple([turn('human'), turn('gpt')]),
  system: z.string().min(1),
})

/** One step of one slot. */
export const TrajectoryStep = z.strictObject({
  episode_id: z.string(),
  world: z.string().nullable(),
  variant: z.string().nullable(),
  slot: z.int().min(0).nullable(),
  agent_id: z.string(),
  /** Counts from 0 among the exported steps of the slot. */
  step: z.int().min(0),
  timestamp: Instant,
  observation: JsonObject,
  action: z.strictObject({ command: z.string(), params: JsonObject }),
  reasoning: z.string(),
  outcome: z.string().nullable(),
  /** `context.heartbeat_cycle` of the command. */
  heartbeat_cycle: z.int().min(0).nullable().default(null),
  /** The change of the slot's score in this step. The sum over a finished slot is its final score. */
  reward: z.number(),
  terminated: z.boolean(),
  truncated: z.boolean(),
  is_first: z.boolean(),
  is_last: z.boolean(),
})
export type TrajectoryStep = z.infer<typeof TrajectoryStep>

/** A line of an episode's file: the row as it appears in the log. */
export const EpisodeRecord = CommandLogRow.strict()
