// The commands of a session's only slot. Every command carries the host's time: the world has no clock.
import { z } from 'zod'

/** Milliseconds since the session began. Time never runs backwards: an earlier value counts as the latest one seen. */
export const At = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Maximum UTF-16 units of one input. The rules allow far less for actions; for answers this is the only limit. */
export const MAX_TEXT_UNITS = 20_000

export const Command = z.discriminatedUnion('type', [
  /** The first call: welcome and opening scene. */
  z.strictObject({ type: z.literal('begin'), at: At }),
  /** One input of the player, verbatim. */
  z.strictObject({ type: z.literal('say'), text: z.string().max(MAX_TEXT_UNITS), at: At }),
  /** The player is back after a break: the time since the last input does not count as played. */
  z.strictObject({ type: z.literal('resume'), at: At }),
  /** Ends the session from outside: closed by the player, expired, or a server error. */
  z.strictObject({ type: z.literal('exit'), reason: z.string().min(1).max(200), at: At }),
])
export type Command = z.infer<typeof Command>
