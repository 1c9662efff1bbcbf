// Requests that control an episode over HTTP: its pace, forks, and its end.
import { z } from 'zod'
import { JsonObject } from './json.ts'

/** Maximum steps of one request: a fast world makes them in a few hundred milliseconds. */
const MAX_STEPS_AT_ONCE = 10_000
const Rate = z.number().positive().max(1000).describe('Steps per second.')

/** Changes the pace of a live episode. */
export const PaceRequest = z.strictObject({
  paused: z.boolean().optional(),
  tick_rate: Rate.optional(),
  steps: z
    .int()
    .min(1)
    .max(MAX_STEPS_AT_ONCE)
    .optional()
    .describe('Advances this many steps and leaves the episode paused.'),
})
export type PaceRequest = z.infer<typeof PaceRequest>

/** The status of a live episode. */
export const PaceState = z.strictObject({
  status: z.enum(['waiting', 'running', 'paused', 'over', 'failed', 'stopped']),
  tick_rate: z.number().nullable(),
  step: z.int().min(0),
})
export type PaceState = z.infer<typeof PaceState>

/** Forks an episode at a step. */
export const BranchRequest = z.strictObject({
  step: z.int().min(0).describe('The first step that may differ; all earlier steps are the same.'),
  players: z
    .array(z.string().nullable())
    .min(1)
    .max(256)
    .optional()
    .describe('Players, as for a new episode. Default: the same bots; all other slots are open.'),
  tick_rate: Rate.default(5),
  paused: z.boolean().default(false).describe('Starts paused.'),
})
export type BranchRequest = z.input<typeof BranchRequest>

/** Ends a live episode, with the standing as its results. */
export const EndRequest = z.strictObject({ reason: z.string().min(1).max(500) })
export type EndRequest = z.infer<typeof EndRequest>

/** The headless inspection of one part of a live episode. */
export const PartInspection = z.strictObject({ step: z.int().min(0), part: z.int(), inspection: JsonObject })
export type PartInspection = z.infer<typeof PartInspection>
