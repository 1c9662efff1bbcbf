// The wire of the headless interface: command files in; reports, traces and saves out. The shapes of one world (its
// commands, its summary, its state) are inserted where a schema is emitted: adapters/headless/schemas.ts.
import { z } from 'zod'
import { Digest, Seed } from './episode.ts'
import { JsonObject, JsonValue } from './json.ts'

/** Maximum ticks of one step or option. */
export const TICK_LIMIT = 10_000_000
/** Default tick limit of `until_victory`. */
export const VICTORY_TICKS = 100_000
/** Maximum steps of a command file. */
export const STEP_LIMIT = 1_000_000

const Ticks = z.int().min(1).max(TICK_LIMIT)
const Tick = z.int().min(0)

export const ApplyCommandStep = z.strictObject({
  type: z.literal('apply_command'),
  command: JsonObject,
  /** The slot of the command, in worlds with several slots; default 0. */
  slot: z.int().min(0).max(255).optional(),
})
export const HeadlessStep = z.discriminatedUnion('type', [
  ApplyCommandStep,
  z.strictObject({ type: z.literal('tick'), ticks: Ticks }),
  z.strictObject({ type: z.literal('until_victory'), max_ticks: Ticks.optional() }),
  z.strictObject({ type: z.literal('inspect_part'), part_id: z.int().min(1) }),
])
export type HeadlessStep = z.infer<typeof HeadlessStep>

/** A fault that the caller can fix. `step_index` counts from 0. */
export const HeadlessError = z.strictObject({
  code: z.string(),
  message: z.string(),
  step_index: z.int().min(0).optional(),
  hint: z.string().optional(),
  details: JsonObject.optional(),
})
export type HeadlessError = z.infer<typeof HeadlessError>

const Objective = z.object({ complete: z.boolean(), failed: z.boolean() }).catchall(JsonValue)

/** The rest is the world's own. */
export const HeadlessSummary = z.object({ tick: Tick, state_hash: Digest, objective: Objective }).catchall(JsonValue)
export type HeadlessSummary = JsonObject & {
  readonly tick: number
  readonly state_hash: string
  readonly objective: { readonly complete: boolean; readonly failed: boolean }
}

export const StepOutcome = z.strictObject({
  index: z.int().min(0),
  type: z.enum(['apply_command', 'tick', 'until_victory', 'inspect_part']),
  ok: z.boolean(),
  error: HeadlessError.optional(),
  /** Ticks done after the step. */
  tick: Tick,
  state_hash: Digest,
  detail: JsonObject.optional(),
})
export type StepOutcome = z.infer<typeof StepOutcome>

export const SaveSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scenario'), id: z.string() }),
  z.strictObject({ kind: z.literal('save'), path: z.string() }),
])
export type SaveSource = z.infer<typeof SaveSource>

export const SAVE_FORMAT = 'paracosm-save'
export const SAVE_VERSION = 1

/** A save file, and the `world` of a report. */
export const SaveFile = z.strictObject({
  format: z.literal(SAVE_FORMAT),
  version: z.literal(SAVE_VERSION),
  world: z.strictObject({ id: z.string(), version: z.string() }),
  /** The scenario that it began with. */
  scenario: z.string().nullable(),
  seed: Seed,
  tick: Tick,
  state: JsonValue,
})
export type SaveFile = z.infer<typeof SaveFile>

export const ScenarioEntry = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** Null if the world does not report it. */
  size: JsonValue,
  objective: JsonValue,
})
export type ScenarioEntry = z.infer<typeof ScenarioEntry>

/** The one document that `--json` prints. `source` and `summary` are null when there was no run. */
export const HeadlessReport = z.strictObject({
  ok: z.boolean(),
  error: HeadlessError.nullable(),
  source: SaveSource.nullable(),
  steps: z.array(StepOutcome),
  summary: HeadlessSummary.nullable(),
  inspect: JsonObject.optional(),
  world: SaveFile.optional(),
  /** With --list-scenarios alone. */
  scenarios: z.array(ScenarioEntry).optional(),
})
export type HeadlessReport = z.infer<typeof HeadlessReport>

export const TraceRecord = z.strictObject({
  stage: z.enum(['initial', 'step', 'final']),
  step_index: z.int().min(0).nullable(),
  /** As given; null at both ends. */
  step: HeadlessStep.nullable(),
  ok: z.boolean(),
  error: HeadlessError.nullable(),
  summary: HeadlessSummary,
  inspection: JsonObject.optional(),
})
export type TraceRecord = z.infer<typeof TraceRecord>
