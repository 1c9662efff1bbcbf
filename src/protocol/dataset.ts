// Datasets made of the command log: which formats there are, what a record of each looks like, what an export reports.
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

/** Which rows of the log. All that are given must hold. */
export const DatasetFilters = CommandFilters.omit({ command_type: true, cell: true })
export type DatasetFilters = z.infer<typeof DatasetFilters>

/** What an export reports. `format` names it as the original does: `chat_completion`, `episode_sequence`. */
export const DatasetStatistics = z.strictObject({
  total_records: z.int().min(0),
  /** Of `episodes` and `trajectories`, which go by episodes; 0 elsewhere. */
  episodes_exported: z.int().min(0),
  /** Rows that the format cannot show: without a perception, or of an episode that is too short. */
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
  /** How much the slot's score has grown with this step. All of a finished slot's add up to its final score. */
  reward: z.number(),
  terminated: z.boolean(),
  truncated: z.boolean(),
  is_first: z.boolean(),
  is_last: z.boolean(),
})
export type TrajectoryStep = z.infer<typeof TrajectoryStep>

/** A line of an episode's file: the row as the log shows it. */
export const EpisodeRecord = CommandLogRow.strict()
