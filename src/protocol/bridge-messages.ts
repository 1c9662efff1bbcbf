// The messages between the perception adapter and the bridge of an external engine; docs/perception.md has an example.
// One JSON object per text frame, distinguished by `type`.
import { z } from 'zod'
import { JsonValue } from './json.ts'
import { AgentId, PERCEPTION_PROTOCOL_VERSION, ProtocolVersion } from './perception.ts'
import { COMMAND_TYPES } from './perception-command.ts'

/** Maximum bytes of a frame from an engine. */
export const MAX_BRIDGE_FRAME = 256 * 1024

const CommandId = z.string().min(1).max(64)

/** The name of an engine, as in `/{engine}/status`. */
export const EngineName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

/** Messages from an engine. `hello` comes first, and only once. */
export const EngineMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol_version: ProtocolVersion.default(PERCEPTION_PROTOCOL_VERSION) }),
  /** A perception of one agent; it is checked separately, against the schema of perceptions. */
  z.object({ type: z.literal('perception'), agent_id: AgentId, perception: JsonValue }),
  z.object({ type: z.literal('running'), command_id: CommandId }),
  z.object({ type: z.literal('done'), command_id: CommandId, outcome: z.string().max(2000) }),
  z.object({
    type: z.literal('failed'),
    command_id: CommandId,
    code: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,39}$/)
      .default('FAILED'),
    outcome: z.string().max(2000),
  }),
])
export type EngineMessage = z.infer<typeof EngineMessage>

/** Messages from the adapter to an engine. */
export const BridgeMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome'), protocol_version: ProtocolVersion, agents: z.array(AgentId) }),
  /** Requests a perception of this agent at once. */
  z.strictObject({ type: z.literal('perceive'), agent_id: AgentId }),
  z.strictObject({
    type: z.literal('command'),
    command_id: CommandId,
    agent_id: AgentId,
    command: z.enum(COMMAND_TYPES),
    params: z.looseObject({}),
  }),
  /** A message of the engine was invalid; the connection stays open unless this message says otherwise. */
  z.strictObject({ type: z.literal('error'), code: z.string(), message: z.string() }),
])
export type BridgeMessage = z.infer<typeof BridgeMessage>
