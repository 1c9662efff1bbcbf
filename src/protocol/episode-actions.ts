// Requests of viewers: a fork of an episode, another player in a slot, scores over time.
import { z } from 'zod'
import { JsonValue } from './json.ts'

const SlotKey = z.string().regex(/^\d{1,3}$/)

/** The request for a fork. Slots that are not named continue as recorded. */
export const ForkRequest = z.strictObject({
  /** The first step that may differ. */
  step: z.int().min(0),
  bots: z.record(SlotKey, z.string()).default({}).describe('Slots that a bot takes over: the name of the bot.'),
  commands: z.record(SlotKey, JsonValue).default({}).describe('Commands that replace the recorded ones at `step`.'),
  open: z
    .array(z.int().min(0).max(255))
    .max(256)
    .default([])
    .describe('Slots to open for new players; the response contains their tokens.'),
})
export type ForkRequest = z.input<typeof ForkRequest>

/** Who takes a slot of a live episode: a bot by its name, `model:<name>`, or null for anyone who has the slot's token. */
export const HandOverRequest = z.strictObject({ player: z.string().max(200).nullable() })
export type HandOverRequest = z.infer<typeof HandOverRequest>

/** Scores over time: `scores[slot][i]` is that slot's score after `steps[i]` steps. */
export const ScoreSeries = z.strictObject({ steps: z.array(z.int()), scores: z.array(z.array(z.number())) })
export type ScoreSeries = z.infer<typeof ScoreSeries>
