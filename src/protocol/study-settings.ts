// The key `study` of an experiment file: settings that the original's files do not have. All are optional.
import { z } from 'zod'
import { StudyArm } from './study-worlds.ts'

const Name = z.string().min(1).max(200)

export const StudyConsent = z.strictObject({
  /** Changes with the text; participants who agreed to another version must agree again. */
  version: Name,
  /** Markdown, shown to participants. */
  text: z.string().min(1).max(100_000),
  /** The participant must have scrolled to the end. */
  scroll: z.boolean().default(false),
  /** The participant types a name. */
  signature: z.boolean().default(false),
})
export type StudyConsent = z.infer<typeof StudyConsent>

export const StudyCompletion = z.strictObject({
  /** Shown at the end; null: each participant gets a generated code. */
  code: z.string().min(1).max(200).nullable().default(null),
  /** The URL that the participant is sent to; `{code}` is replaced. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null),
})

export const StudyReservation = z.strictObject({
  /** Minutes for which an assignment that is not started keeps its place. */
  minutes: z.number().min(1).max(43_200),
})

export const StudySettings = z.strictObject({
  title: z.string().min(1).max(300).nullable().default(null),
  language: z.string().min(2).max(35).default('en'),
  consent: StudyConsent.nullable().default(null),
  completion: StudyCompletion.default({ code: null, url: null }),
  /** Null: assignments are not reserved, and quotas count as the original counts them. */
  reservation: StudyReservation.nullable().default(null),
  /** Exit reasons that complete an assignment, besides the usual ones. */
  completing_reasons: z.array(Name).max(50).default([]),
  /** Whether anybody with the reusable link may join; otherwise only personal links open the study. */
  open_link: z.boolean().default(true),
  /** For the pre-registration export. */
  analysis_plan: z.string().max(100_000).nullable().default(null),
  /** Worlds in the place of text games, by the name under which the list of games has them. */
  worlds: z.record(Name, StudyArm).default({}),
})
export type StudySettings = z.infer<typeof StudySettings>
