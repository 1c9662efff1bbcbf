// What travels through the perception adapter around perceptions and commands (protocol version 1.0.0): the envelope of a
// command, the adapter's answers, its error document, and the messages of its stream.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { AgentId, PERCEPTION_PROTOCOL_VERSION, Perception, ProtocolVersion, Timestamp } from './perception.ts'
import { AgentCommand, COMMAND_STATUSES, COMMAND_TYPES } from './perception-command.ts'

/** Bytes that the body of a request may have: 256 kB. */
export const MAX_COMMAND_BYTES = 256 * 1024
/** Characters of the reasoning behind a command. */
export const MAX_REASONING = 16_384

/** What a client groups its commands by. 1 to 128 characters, without control characters; it is never used as a path. */
const GroupId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')

/** What led to a command. */
const CommandContext = z.object({
  /** `timestamp` of the perception that the agent decided by. */
  perception_timestamp: Timestamp.nullish(),
  /** Number of the agent's turn. */
  heartbeat_cycle: z.int().min(0).nullish(),
})

const CommandEnvelope = z.object({
  protocol_version: ProtocolVersion.default(PERCEPTION_PROTOCOL_VERSION),
  /** When the agent sent it, by its own clock. */
  timestamp: Timestamp,
  agent_id: AgentId,
  /** Why this command: what a model may learn from later. */
  reasoning: z
    .string()
    .min(1)
    .max(MAX_REASONING)
    .refine((text) => !text.includes('\0'), 'must not hold a null character'),
  episode_id: GroupId.nullish(),
  context: CommandContext.nullish(),
})

/** The body of `POST /command`. Fields that are not known are left out of the parsed value. */
export const CommandInput = z.intersection(CommandEnvelope, AgentCommand)
export type CommandInput = z.infer<typeof CommandInput>

/** Names a repeated POST: 1 to 128 visible ASCII characters, in the header `Idempotency-Key`. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** The answer to a command that was taken: it is in the log, on the disk. */
export const CommandAccepted = z.object({
  status: z.literal('accepted'),
  command_id: z.string(),
  logged: z.literal(true),
})
export type CommandAccepted = z.infer<typeof CommandAccepted>

/** How a command stands: `GET /commands/:command_id`. */
export const CommandReport = z.object({
  command_id: z.string(),
  agent_id: z.string(),
  command: z.enum(COMMAND_TYPES),
  status: z.enum(COMMAND_STATUSES),
  /** What came of it, in words; null while it is under way. */
  outcome: z.string().nullable(),
  /** Why it failed, upper-case; null unless it did. */
  code: z.string().nullable(),
})
export type CommandReport = z.infer<typeof CommandReport>

/** Whether there is an engine behind the adapter: `GET /{engine}/status`. */
export const BridgeStatus = z.object({
  bridge_connected: z.boolean(),
  engine: z.string(),
  protocol_version: z.string(),
  uptime_seconds: z.number(),
  last_perception_at: z.string().nullable(),
})
export type BridgeStatus = z.infer<typeof BridgeStatus>

/** Every failure of the adapter. */
export const PerceptionError = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: JsonObject, timestamp: z.string() }),
})
export type PerceptionError = z.infer<typeof PerceptionError>

/** What `/perception/stream` pushes. */
export const StreamMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('perception'), perception: Perception }),
  z.object({ type: z.literal('command'), command: CommandReport }),
  /** The last message of a stream: the episode has ended. */
  z.object({ type: z.literal('end'), reason: z.string() }),
])
export type StreamMessage = z.infer<typeof StreamMessage>
