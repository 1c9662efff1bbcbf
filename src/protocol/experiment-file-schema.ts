// Experiment files as their authors write them, for editors: `paracosm experiment schema` prints the JSON Schema of these.
// What a file means, and every rule beyond shapes, is in src/experiment/file.
import { z } from 'zod'
import { ASSIGNMENT_MODES, CONDITIONS } from './experiment-file.ts'
import { ANSWER_TYPES, FORM_EVENTS, FORM_PHASES } from './experiment-form.ts'
import { StudySettings } from './study-settings.ts'

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const Question = z.strictObject({
  key: z.string().nullable().optional().describe('Default: derived from the first line of the prompt.'),
  prompt: z.string(),
  answer_type: z.enum(ANSWER_TYPES).nullable().optional().describe('Without it the prompt is only shown.'),
  options: z.array(Scalar).nullable().optional().describe('For the two choice types only.'),
  required: z.boolean().optional(),
})
const questions = z.array(Question).optional()
const Phase = z.enum(FORM_PHASES)
const Trigger = z.strictObject({ event: z.enum(FORM_EVENTS), match: z.null().optional() })

function formsOf<Shape extends z.ZodRawShape>(phase: Shape) {
  const list = z.array(z.strictObject({ name: z.string(), questions, ...phase }))
  const byName = z.record(z.string(), z.strictObject({ name: z.string().optional(), questions, ...phase }))
  return z.union([list, byName]).nullable().optional()
}

const names = z.array(z.string()).nullable().optional()
const count = z.int().min(1).nullable().optional()
const seed = z.union([z.string(), z.int()]).nullable().optional()
const study = StudySettings.partial().optional()

export const ExperimentFileShape = z
  .strictObject({
    name: z.string().describe('Name of the study in URLs and data.'),
    description: z.string().optional(),
    condition: z.enum(CONDITIONS).nullable().optional(),
    assignment_strategy: z.looseObject({
      strategy: z.string(),
      games: z.array(z.string()).min(1),
      player_characters: names,
      non_player_characters: names,
      quota_per_game: z.int().min(1).describe('Number of players that each game needs.'),
      max_assignments_per_player: count,
      seed,
      pc_eligible_only: z.boolean().optional(),
      assignment_mode: z.enum(ASSIGNMENT_MODES).optional(),
    }),
    forms: formsOf({ before_or_after: Phase }),
    study,
  })
  .describe('An experiment: the older generation of study files.')

export const RunFileShape = z
  .strictObject({
    name: z.string(),
    description: z.string().optional(),
    seed: z.int().nullable().optional(),
    ui: z.strictObject({ launch_gui: z.boolean(), registration_required: z.boolean() }).partial().optional(),
    players: z
      .strictObject({
        humans: z.strictObject({ all: z.boolean().optional() }),
        models: z.array(z.strictObject({ id: z.string() })),
      })
      .partial()
      .optional(),
    games: z.array(z.strictObject({ name: z.string(), overrides: z.record(z.string(), Scalar).optional() })).min(1),
    next_game_strategy: z.strictObject({
      strategy: z.looseObject({
        id: z.string(),
        quota_per_game: count,
        max_assignments_per_player: count,
        seed,
        pc_eligible_only: z.boolean().nullable().optional(),
        allow_choice_if_multiple: z.boolean().nullable().optional(),
        require_completion: z.boolean().nullable().optional(),
      }),
    }),
    forms: formsOf({ trigger: Trigger }),
    study,
  })
  .describe('A run: the newer generation of study files.')

/** A file of either generation. */
export const StudyFileShape = z.union([ExperimentFileShape, RunFileShape])
