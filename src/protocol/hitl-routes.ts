// Routes for scenarios that people judge characters by: /api/research/hitl, with the admin key.
import { z } from 'zod'
import { JsonObject } from './json.ts'

const Hid = z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and underscores')
export const HitlParams = z.strictObject({ hid: Hid })

export const NewHitl = z.strictObject({
  npc_hid: Hid,
  game: z.string().min(1).max(200).default('Explore'),
  /** Character of the player; null: the normative human, or the first one. */
  pc_hid: z.string().max(100).nullable().default(null),
})

/** How far the scenarios of a character are. */
const HitlProgress = z.strictObject({
  npc_hid: z.string(),
  scenarios: z.int(),
  attempts: z.int(),
  /** Attempts without a response. */
  unanswered: z.int(),
  /** Responses without a verdict. */
  unjudged: z.int(),
  /** Whether the character is answering now. */
  is_answering: z.boolean(),
})
export const HitlList = z.strictObject({ characters: z.array(HitlProgress) })
export type HitlList = z.infer<typeof HitlList>

export const HitlState = z.strictObject({
  progress: HitlProgress,
  /** A `HitlFile`. */
  file: JsonObject,
  /** Scenarios that could not be answered last time. */
  failed: z.array(z.strictObject({ scenario: z.string(), message: z.string() })),
})
/** The scenarios of one character: the file, and what is being answered on the server. */
export type HitlState = z.infer<typeof HitlState>

export const AnswerHitl = z.strictObject({
  /** Makes parent sessions anew that the server does not have any more. */
  regenerates: z.boolean().default(false),
})

export const JudgeHitl = z.strictObject({
  scenario: z.string().min(1).max(200),
  /** From 0. */
  attempt: z.int().min(0),
  liked: z.boolean(),
  comment: z.string().max(500).default(''),
  doesnt_make_sense: z.boolean().default(false),
  out_of_character: z.boolean().default(false),
  other: z.boolean().default(false),
})
export type JudgeHitl = z.infer<typeof JudgeHitl>
