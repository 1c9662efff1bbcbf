// Forms of a study, as both generations of experiment files have them, and what is stored of an answered one.
import { z } from 'zod'

export const ANSWER_TYPES = ['string', 'bool', 'single_choice', 'multi_choice', 'number', 'email', 'phone'] as const

/** When forms of the newer generation are shown. */
export const FORM_EVENTS = [
  'before_all_assignments',
  'before_assignment',
  'after_assignment',
  'after_all_assignments',
] as const
/** When forms of the older generation are shown. */
export const FORM_PHASES = ['before', 'after'] as const

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** One question of a form. */
export const FormQuestion = z.strictObject({
  key: z.string(),
  prompt: z.string(),
  /** Null: text without an answer. */
  answer_type: z.enum(ANSWER_TYPES).nullable(),
  options: z.array(Scalar).nullable(),
  required: z.boolean(),
})
export type FormQuestion = z.infer<typeof FormQuestion>

const common = { name: z.string(), questions: z.array(FormQuestion) }
const Trigger = z.strictObject({ event: z.enum(FORM_EVENTS), match: z.null() })

/** A form of an experiment file, of the older generation. */
export const ExperimentForm = z.strictObject({ ...common, before_or_after: z.enum(FORM_PHASES) })
export type ExperimentForm = z.infer<typeof ExperimentForm>
/** A form of a run configuration, of the newer generation. */
export const RunForm = z.strictObject({ ...common, trigger: Trigger })
export type RunForm = z.infer<typeof RunForm>
/** A form of either generation of experiment files. */
export type StudyForm = ExperimentForm | RunForm

/** An answer after normalisation. */
const Answer = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
export type FormAnswer = z.infer<typeof Answer>

/** One form as it is stored with its answers. */
export const FormPayload = z.object({
  form_name: z.string(),
  before_or_after: z.enum(FORM_PHASES).optional(),
  trigger: Trigger.optional(),
  submitted_at: z.string().optional(),
  answers: z.record(
    z.string(),
    z.object({
      key: z.string(),
      prompt: z.string(),
      answer_type: z.enum(ANSWER_TYPES).nullable(),
      required: z.boolean(),
      answer: Answer,
    }),
  ),
})
export type FormPayload = z.infer<typeof FormPayload>

/** Answered forms by name. */
export const FormPayloads = z.record(z.string(), FormPayload)
export type FormPayloads = z.infer<typeof FormPayloads>
