// One row of the command log, as `paracosm log`, GET /api/commands and archives show it. The columns of the original come
// first; `world`, `slot` and `command_id` are ours.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { PERCEPTION_PROTOCOL_VERSION } from './perception.ts'

/** UTC, milliseconds: '2026-03-21T14:30:01.000Z'. */
export const Instant = z.iso.datetime({ precision: 3 })

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
  /** The door's name for it; null for commands that came in by other ways than the perception door. */
  command_id: z.string().max(64).nullable().default(null),
})
export type CommandLogRow = z.infer<typeof CommandLogRow>

/** A row before it is logged: the log numbers and dates it. */
export type NewCommandLogRow = Omit<CommandLogRow, 'id' | 'created_at'>
