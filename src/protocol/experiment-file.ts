// Experiment files of both generations in their normal form: a file with every default filled in.
import { z } from 'zod'
import { ExperimentForm, RunForm } from './experiment-form.ts'
import { JsonObject, JsonValue } from './json.ts'
import { StudySettings } from './study-settings.ts'

export const CONDITIONS = ['learning', 'static'] as const
export const ASSIGNMENT_MODES = ['auto', 'player_choice'] as const

const Names = z.array(z.string()).readonly().nullable()
const Seed = z.union([z.string(), z.number()]).nullable()

export const AssignmentStrategy = z
  .object({
    strategy: z.string(),
    games: Names.default(null),
    player_characters: Names.default(null),
    non_player_characters: Names.default(null),
    quota_per_game: z.int().nullable().default(null),
    max_assignments_per_player: z.int().nullable().default(null),
    seed: Seed.default(null),
    pc_eligible_only: z.boolean().default(false),
    assignment_mode: z.enum(ASSIGNMENT_MODES).default('auto'),
  })
  .catchall(JsonValue)

/** An experiment of the older generation (`assignment_strategy`). */
export const ExperimentConfig = z.strictObject({
  name: z.string(),
  description: z.string().default(''),
  condition: z.enum(CONDITIONS).nullable().default(null),
  assignment_strategy: AssignmentStrategy,
  forms: z.array(ExperimentForm).default([]),
  study: StudySettings.exactOptional(),
})
export type ExperimentConfig = z.infer<typeof ExperimentConfig>

const RunStrategy = z.object({ id: z.string() }).catchall(JsonValue)

/** A run configuration of the newer generation (`next_game_strategy`). */
export const RunConfig = z.strictObject({
  name: z.string(),
  description: z.string().default(''),
  seed: z.int().nullable().default(null),
  ui: z.strictObject({ launch_gui: z.boolean(), registration_required: z.boolean() }),
  players: z.strictObject({
    humans: z.strictObject({ all: z.boolean() }),
    models: z.array(z.strictObject({ id: z.string() })),
  }),
  games: z.array(z.strictObject({ name: z.string(), overrides: JsonObject })),
  next_game_strategy: z.strictObject({ strategy: RunStrategy }),
  forms: z.array(RunForm),
  study: StudySettings.exactOptional(),
})
export type RunConfig = z.infer<typeof RunConfig>
