// The routes of studies as the original's clients know them: /api/experiments (older generation), /api/run (newer).
import { z } from 'zod'
import { ASSIGNMENT_MODES } from './experiment-file.ts'
import { ExperimentForm, FORM_EVENTS, RunForm } from './experiment-form.ts'

const Status = z.enum(['assigned', 'in_progress', 'completed', 'interrupted'])
/** Answers by form and question. Their values are checked form by form. */
const Responses = z.record(z.string(), z.record(z.string(), z.unknown()))

export const StudyProgress = z.strictObject({ total: z.int(), completed: z.int(), is_complete: z.boolean() })
export const StudyStatusAnswer = z.strictObject({
  is_open: z.boolean(),
  total: z.int(),
  completed: z.int(),
  per_game: z.record(z.string(), z.strictObject({ total: z.int(), completed: z.int(), in_progress: z.int() })),
})

// ---- experiments

export const ExperimentAssignment = z.strictObject({
  assignment_id: z.string(),
  game_name: z.string(),
  character_hid: z.string(),
  status: Status,
})
export type ExperimentAssignment = z.infer<typeof ExperimentAssignment>

export const ExperimentSetup = z.strictObject({
  experiment_name: z.string(),
  description: z.string(),
  is_open: z.boolean(),
  forms: z.array(ExperimentForm),
  progress: StudyProgress,
  current_assignment: ExperimentAssignment.nullable(),
  pending_post_play: z.boolean(),
  assignment_completed: z.boolean(),
  assignment_mode: z.enum(ASSIGNMENT_MODES),
  assignments: z.array(ExperimentAssignment),
})
export type ExperimentSetup = z.infer<typeof ExperimentSetup>

export const SubmitAnswers = z.object({ responses: Responses })
export const ExperimentPlayers = z.strictObject({ assignment: ExperimentAssignment.nullable() })
const Source = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\0]*$/)
export const StartExperiment = z.object({ source: Source.default('experiment') })
export const ExperimentOptions = z.strictObject({
  options: z.array(z.strictObject({ game_name: z.string(), character_hid: z.string() })),
})
export const SelectExperiment = z.object({ game_name: z.string().max(200), character_hid: z.string().max(100) })

// ---- runs

const described = {
  game_name: z.string(),
  pc_hid: z.string(),
  npc_hid: z.string(),
  game_description: z.string(),
  player_character_name: z.string(),
  player_character_description: z.string(),
  simulator_character_description: z.string(),
  simulator_character_details_visible: z.boolean(),
}
export const RunOption = z.strictObject(described)
export type RunOption = z.infer<typeof RunOption>
export const RunAssignment = z.strictObject({
  assignment_id: z.string(),
  ...described,
  status: Status,
  active_session_id: z.string().nullable(),
  has_pending_forms: z.boolean(),
})
export type RunAssignment = z.infer<typeof RunAssignment>

const Trigger = z.strictObject({ event: z.enum(FORM_EVENTS), match: z.null() })
export const RunFormGroup = z.strictObject({
  group_id: z.string(),
  trigger: Trigger,
  forms: z.array(RunForm),
  assignment_id: z.string().nullable(),
})

export const RunSetup = z.strictObject({
  run_name: z.string(),
  description: z.string(),
  is_open: z.boolean(),
  forms: z.array(RunForm),
  pending_form_groups: z.array(RunFormGroup),
  progress: StudyProgress,
  current_assignment: RunAssignment.nullable(),
  assignment_completed: z.boolean(),
  next_assignment: z.strictObject({
    mode: z.enum(['blocked', 'locked', 'choice', 'none']),
    reason: z.string(),
    assignment: RunAssignment.nullable(),
    options: z.array(RunOption),
  }),
  allow_choice_if_multiple: z.boolean(),
  require_completion: z.boolean(),
  eligible_assignment_options: z.array(RunOption),
  assignments: z.array(RunAssignment),
  resumable_session_id: z.string().nullable(),
})
export type RunSetup = z.infer<typeof RunSetup>

export const SubmitGroup = z.object({ group_id: z.string().min(1).max(200), responses: Responses })
export const SubmittedGroup = z.strictObject({
  group_id: z.string(),
  trigger: Trigger,
  assignment_id: z.string().nullable(),
})
export const StartRun = z.object({ source: Source.default('run'), assignment_id: z.string().max(100).nullish() })
export const RunOptions = z.strictObject({ options: z.array(RunOption) })
export const SelectRun = z.object({
  game_name: z.string().max(200),
  pc_hid: z.string().max(100),
  npc_hid: z.string().max(100),
})
