// What a session tells its host, in order. `session_event`: a row for the record. `notice`: something for the player that
// is not recorded. `turn_end`: the answer to one `begin` or `say` is complete.
import { z } from 'zod'
import { JsonValue } from '../../protocol/json.ts'
import { At } from './commands.ts'

/** The allowed pairings of direction, source and type are those of the record; nothing else is told. */
export const SessionEvent = z.strictObject({
  direction: z.enum(['internal', 'inbound', 'outbound']),
  event_type: z.enum(['session_end', 'message', 'command', 'info', 'error', 'validation_violation']),
  event_source: z.enum(['system', 'user', 'npc', 'player_validation', 'simulator_validation']),
  content: z.string(),
  content_format: z.enum(['plain_text', 'markdown', 'json']),
  /** Turns before the step, plus one; of `session_end` the final turns. */
  turn_index: z.int().min(0),
  command_name: z.string().nullable(),
  command_args: z.string().nullable(),
  visible_to_user: z.boolean(),
  at: At,
})
export type SessionEvent = z.infer<typeof SessionEvent>

/** Shown to the player without an event id, and kept nowhere. */
export const Notice = z.strictObject({ event_type: z.literal('info'), content: z.string(), at: At })
export type Notice = z.infer<typeof Notice>

export const TurnEnd = z.strictObject({ turns: z.int().min(0), exited: z.boolean() })
export type TurnEnd = z.infer<typeof TurnEnd>

/** Content of a `validation_violation`, as JSON text. */
export const Violation = z.strictObject({
  /** A validator's id followed by its definition; readers match by prefix. */
  validator_name: z.string(),
  stage: z.enum(['player', 'simulator']),
  message: z.string(),
  /** The text that was rejected. */
  response: z.string(),
  raw_result: JsonValue,
})
export type Violation = z.infer<typeof Violation>

/** Takes what the world has just told for what it is: it has come from here, and is not looked through again. */
export function isSessionEvent(data: unknown): data is SessionEvent {
  return typeof data === 'object' && data !== null && 'content_format' in data
}
