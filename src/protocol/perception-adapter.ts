// The messages of the perception adapter around perceptions and commands (protocol version 1.0.0): the envelope of a
// command, the adapter's answers, its error document, and the messages of its stream.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { AgentId, PERCEPTION_PROTOCOL_VERSION, Perception, ProtocolVersion, Timestamp } from './perception.ts'
import { AgentCommand, COMMAND_STATUSES, COMMAND_TYPES } from './perception-command.ts'

/** Bytes that the body of a request may have: 256 kB. */
export const MAX_COMMAND_BYTES = 256 * 1024
/** Characters of the reasoning behind a command. */
export const MAX_REASONING = 16_384

/**
 * A client's own grouping of its commands. 1 to 128 characters, without control characters; it is never used as a path.
 */
const GroupId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')

/** The context of a command. */
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
  /** The reason for this command, for example as training data. */
  reasoning: z
    .string()
    .min(1)
    .max(MAX_REASONING)
    .refine((text) => !text.includes('\0'), 'must not hold a null character'),
  episode_id: GroupId.nullish(),
  context: CommandContext.nullish(),
})

/** The body of `POST /command`. Unknown fields are dropped from the parsed value. */
export const CommandInput = z.intersection(CommandEnvelope, AgentCommand)
export type CommandInput = z.infer<typeof CommandInput>

/** Names a repeated POST: 1 to 128 visible ASCII characters, in the header `Idempotency-Key`. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** The answer to an accepted command: it is durable in the log. */
export const CommandAccepted = z.object({
  status: z.literal('accepted'),
  command_id: z.string(),
  logged: z.literal(true),
})
export type CommandAccepted = z.infer<typeof CommandAccepted>

/** The status of a command: `GET /commands/:command_id`. */
export const CommandReport = z.object({
  command_id: z.string(),
  agent_id: z.string(),
  command: z.enum(COMMAND_TYPES),
  status: z.enum(COMMAND_STATUSES),
  /** The outcome in words; null while the command is running. */
  outcome: z.string().nullable(),
  /** The code of a failure, upper-case; null if it did not fail. */
  code: z.string().nullable(),
})
export type CommandReport = z.infer<typeof CommandReport>

/** Whether an engine is connected to the adapter: `GET /{engine}/status`. */
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
