// The routes of studies that are ours: /api/studies. Participant pages need only these, for studies of either
// generation. Those of researchers are in study-research.ts.
import { z } from 'zod'
import { ExperimentForm, FormPayloads, RunForm } from './experiment-form.ts'
import { JsonObject } from './json.ts'
import { StudyConsent } from './study-settings.ts'
import { SlotRecord, StudySlot, WaitingRoom } from './study-worlds.ts'

const Name = z.string().min(1).max(200)
export const GENERATIONS = ['experiment', 'run'] as const

/** The public facts about a study. */
export const StudyInfo = z.strictObject({
  name: z.string(),
  generation: z.enum(GENERATIONS),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  is_open: z.boolean(),
  /** Whether the study can be joined without a personal link. */
  has_open_link: z.boolean(),
  consent: StudyConsent.nullable(),
})
export type StudyInfo = z.infer<typeof StudyInfo>

/** Ids that recruiting platforms add to the URL: PROLIFIC_PID, STUDY_ID, SESSION_ID, workerId, assignmentId, hitId. */
const External = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/), z.string().max(200))
  .refine((ids) => Object.keys(ids).length <= 12, 'at most 12 ids')

export const JoinStudy = z.strictObject({
  /** The secret of the link; absent: the study has an open link. */
  token: z.string().min(1).max(200).optional(),
  external: External.default({}),
})
export const JoinedStudy = z.strictObject({
  player_id: z.string(),
  api_key: z.string(),
  /** Whether the participant was here before. */
  is_resumed: z.boolean(),
})
export type JoinedStudy = z.infer<typeof JoinedStudy>

export const GiveConsent = z.strictObject({ version: Name, signature: z.string().min(1).max(500).optional() })

export const STAGES = [
  'withdrawn',
  'consent',
  'forms',
  'session',
  'episode',
  'assignment',
  'choice',
  'waiting',
  'finished',
  'closed',
] as const

const Shown = z.strictObject({
  assignment_id: z.string().nullable(),
  game_name: z.string(),
  pc_hid: z.string(),
  npc_hid: z.string().nullable(),
  status: z.string().nullable(),
})

/** The stage of a participant, and what the page shows next. */
export const ParticipantState = z.strictObject({
  study: StudyInfo,
  stage: z.enum(STAGES),
  /** Forms to answer now, with the group name for the answers. */
  forms: z.array(z.union([ExperimentForm, RunForm])),
  group_id: z.string().nullable(),
  assignment: Shown.nullable(),
  /** A running session: connect to it to resume. */
  session: z.strictObject({ session_id: z.string(), ws_path: z.string() }).nullable(),
  options: z.array(Shown),
  /** The world of the assignment; null for text games. */
  arm: z
    .strictObject({
      world: z.string(),
      title: z.string(),
      description: z.string(),
      /** Participants who play together. */
      people: z.int(),
    })
    .nullable(),
  /** In stage `waiting`. */
  waiting: WaitingRoom.nullable(),
  /** In stage `episode`. */
  playing: StudySlot.nullable(),
  /** Nobody else had come to play with: the study is over for the participant, who gets a code. */
  is_released: z.boolean(),
  completed: z.int(),
  /** Assignments that a participant completes at most. */
  maximum: z.int(),
  completion: z.strictObject({ code: z.string(), url: z.string().nullable() }).nullable(),
})
export type ParticipantState = z.infer<typeof ParticipantState>

const Responses = z.record(z.string(), z.record(z.string(), z.unknown()))
export const SubmitStudyForms = z.strictObject({ group_id: Name, responses: Responses })
export const SelectStudy = z.strictObject({
  game_name: Name,
  pc_hid: z.string().max(100),
  npc_hid: z.string().max(100).nullish(),
})
export const StartStudy = z.strictObject({ assignment_id: z.string().max(100).nullish() })
export const Withdraw = z.strictObject({
  /** Whether everything that was collected is deleted as well. */
  erase: z.boolean(),
})
export const Withdrawn = z.strictObject({ erased: z.boolean() })

/** Everything that a study holds of one participant. */
export const ParticipantData = z.strictObject({
  study: z.string(),
  player_id: z.string(),
  external: z.record(z.string(), z.string()),
  consent_version: z.string().nullable(),
  consent_at: z.string().nullable(),
  forms: FormPayloads,
  assignments: z.array(JsonObject),
  sessions: z.array(JsonObject),
  /** What the participant played in worlds. */
  episodes: z.array(SlotRecord),
})
export type ParticipantData = z.infer<typeof ParticipantData>
