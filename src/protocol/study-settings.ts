// The key `study` of an experiment file: settings that the original's files do not have. All are optional.
import { z } from 'zod'

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

/** Who else is in the world, by slot: a bot of it, a model, or another participant. */
const OtherPlayer = z.discriminatedUnion('kind', [
  z.strictObject({ slot: z.int().min(0).max(63), kind: z.literal('bot'), name: Name }),
  z.strictObject({ slot: z.int().min(0).max(63), kind: z.literal('participant') }),
])

/** A study in any world, in place of the text games. */
export const StudyWorld = z.strictObject({
  id: Name,
  variant: Name.nullable().default(null),
  /** The participant's slot; participants who are matched take this one and those of kind `participant`. */
  slot: z.int().min(0).max(63).default(0),
  others: z.array(OtherPlayer).max(63).default([]),
  /** Seconds that a participant waits for others before bots fill in. */
  wait_seconds: z.int().min(1).max(3600).default(60),
  /** The bot that fills in. */
  stand_in: Name.nullable().default(null),
})
export type StudyWorld = z.infer<typeof StudyWorld>

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
  worlds: z.record(Name, StudyWorld).default({}),
})
export type StudySettings = z.infer<typeof StudySettings>
