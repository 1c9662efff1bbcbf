// The routes of researchers: /api/research/studies, with the admin key. Files, links, quotas, who is where, and what one
// participant has done.
import { z } from 'zod'
import { ExperimentForm, FormPayloads, RunForm } from './experiment-form.ts'
import { JsonObject } from './json.ts'
import { Feedback } from './session.ts'
import { GENERATIONS, STAGES } from './study-routes.ts'
import { StudyConsent } from './study-settings.ts'
import { StudyProgress, StudyStatusAnswer } from './study-wire.ts'

const Generation = z.enum(GENERATIONS)

// ---- files

export const PutStudy = z.strictObject({
  source: z.string().min(1).max(1_000_000),
  /** Null: the study must be new. A name: the file must be that study's. Absent: either will do. */
  replaces: z.string().min(1).max(200).nullable().optional(),
})
const Fault = z.strictObject({
  path: z.string(),
  kind: z.string(),
  message: z.string(),
  hint: z.string(),
  line: z.int(),
  column: z.int(),
})
/** What the check of a study file found, and what participants would see. */
export const CheckedStudy = z.strictObject({
  generation: Generation,
  is_valid: z.boolean(),
  faults: z.array(Fault),
  warnings: z.array(Fault),
  config: JsonObject.nullable(),
  /** What participants will see; null: the file has mistakes. */
  preview: z
    .strictObject({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      language: z.string(),
      consent: StudyConsent.nullable(),
      forms: z.array(z.union([ExperimentForm, RunForm])),
      games: z.array(z.string()),
      /** Players that each game needs; null: no quota. */
      quota: z.int().nullable(),
      /** Assignments that a participant completes at most. */
      maximum: z.int(),
    })
    .nullable(),
})
export type CheckedStudy = z.infer<typeof CheckedStudy>

// ---- the board

/** How many people have come how far. Each number counts people, not rows. */
export const StudyPeople = z.strictObject({
  joined: z.int(),
  consented: z.int(),
  /** Who were ever assigned anything. */
  assigned: z.int(),
  /** With at least one completed assignment. */
  conversed: z.int(),
  /** In a session now. */
  playing: z.int(),
  /** Who were given their completion code. */
  finished: z.int(),
  withdrawn: z.int(),
})
export type StudyPeople = z.infer<typeof StudyPeople>

/** A study in the list. */
export const StudyEntry = z.strictObject({
  name: z.string(),
  generation: Generation,
  title: z.string(),
  is_closed: z.boolean(),
  progress: StudyProgress,
  people: StudyPeople,
})
export type StudyEntry = z.infer<typeof StudyEntry>
export const StudyList = z.strictObject({ studies: z.array(StudyEntry) })
export type StudyList = z.infer<typeof StudyList>

const Arm = z.strictObject({
  game_name: z.string(),
  /** Players wanted; null: the study has no quota. */
  quota: z.int().nullable(),
  completed: z.int(),
  in_progress: z.int(),
  /** Places that are held for people who have not started. */
  reserved: z.int(),
})
/** One study: its file, its quotas, and how far people are. */
export const StudyBoard = z.strictObject({
  name: z.string(),
  title: z.string(),
  generation: Generation,
  source: z.string(),
  is_closed: z.boolean(),
  status: StudyStatusAnswer,
  people: StudyPeople,
  arms: z.array(Arm),
  strategy: z.string(),
  seed: z.union([z.string(), z.number()]).nullable(),
  /** Assignments that a participant completes at most. */
  maximum: z.int(),
  has_open_link: z.boolean(),
  has_consent: z.boolean(),
  /** Minutes for which a place is held; null: places are not held. */
  reservation_minutes: z.number().nullable(),
  /** Minutes from joining to the completion code, of the latest who finished; null: nobody has. */
  median_minutes: z.number().nullable(),
})
export type StudyBoard = z.infer<typeof StudyBoard>

export const SetQuota = z.strictObject({ quota_per_game: z.int().min(1).max(1_000_000) })

// ---- data

export const DataFormats = z.enum(['all', 'csv', 'parquet'])

// ---- links

export const MakeLinks = z.strictObject({
  count: z.int().min(1).max(1000).default(1),
  is_reusable: z.boolean().default(false),
  label: z.string().max(200).nullable().default(null),
})
/** Links as they are shown once. */
export const MadeLinks = z.strictObject({
  links: z.array(z.strictObject({ token: z.string(), path: z.string(), label: z.string().nullable() })),
})
export type MadeLinks = z.infer<typeof MadeLinks>

/** Links with the same label: how many were made and used. Their secrets are not kept. */
export const LinkGroups = z.strictObject({
  groups: z.array(
    z.strictObject({
      label: z.string().nullable(),
      is_reusable: z.boolean(),
      made: z.int(),
      used: z.int(),
      revoked: z.int(),
    }),
  ),
})
export type LinkGroups = z.infer<typeof LinkGroups>

// ---- people

const Assignment = z.strictObject({
  assignment_id: z.string(),
  game_name: z.string(),
  pc_hid: z.string(),
  npc_hid: z.string().nullable(),
  /** `expired`: it was not started in time, or a researcher released it. */
  status: z.enum(['assigned', 'in_progress', 'completed', 'interrupted', 'expired']),
  assigned_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  interrupted_at: z.string().nullable(),
  active_session_id: z.string().nullable(),
})

/** One participant as the monitor shows it; nothing personal. */
export const StudyParticipant = z.strictObject({
  player_id: z.string(),
  joined_at: z.string(),
  stage: z.enum(STAGES),
  /** When the participant came to this stage. */
  stage_since: z.string(),
  /** The last act of the participant, an input of a conversation included. */
  active_at: z.string(),
  /** Where the participant came from: the label of the link, `Prolific`, `MTurk`, `personal link`, `link` or `open link`. */
  source: z.string(),
  consent_version: z.string().nullable(),
  consent_at: z.string().nullable(),
  withdrawn_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  /** Answered forms that are about the participant. */
  forms: z.array(z.strictObject({ name: z.string(), at: z.string().nullable() })),
  assignments: z.array(Assignment),
})
export type StudyParticipant = z.infer<typeof StudyParticipant>

/** `now`: participants who have neither finished nor left. */
export const ParticipantViews = z.enum(['all', 'now'])
export const StudyParticipants = z.strictObject({
  /** Newest first. */
  participants: z.array(StudyParticipant),
  /** What to ask the next page after; null: this was the last. */
  next: z.string().nullable(),
  /** The server's clock. */
  now: z.string(),
})
export type StudyParticipants = z.infer<typeof StudyParticipants>

const PlayedSession = z.strictObject({
  session_id: z.string(),
  assignment_id: z.string(),
  npc_hid: z.string().nullable(),
  status: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  termination_reason: z.string().nullable(),
  turns: z.int(),
})

/** What one participant has done, with the answers. */
export const ParticipantTimeline = z.strictObject({
  participant: StudyParticipant,
  /** Ids of the recruiting platform. */
  external: z.record(z.string(), z.string()),
  completion_code: z.string().nullable(),
  forms: FormPayloads,
  /** Answered forms that are about an assignment, by its id. */
  assignment_forms: z.record(z.string(), FormPayloads),
  sessions: z.array(PlayedSession),
})
export type ParticipantTimeline = z.infer<typeof ParticipantTimeline>

/** What was said in one session of a study. */
export const StudyTranscript = z.strictObject({
  session: PlayedSession,
  player_id: z.string(),
  game_name: z.string(),
  pc_hid: z.string().nullable(),
  events: z.array(
    z.strictObject({
      seq: z.int(),
      at: z.string(),
      direction: z.string(),
      source: z.string(),
      type: z.string(),
      turn: z.int(),
      content: z.string(),
      visible: z.boolean(),
      feedback: Feedback.nullable(),
    }),
  ),
})
export type StudyTranscript = z.infer<typeof StudyTranscript>

export const EndedStudySession = z.strictObject({ ended: z.boolean() })

export const WantedReport = z.strictObject({
  /** With the scores of each character that was met. */
  with_quality: z.boolean().default(false),
})
export type WantedReport = z.infer<typeof WantedReport>

/** A report that was made as a page. */
export const MadeReport = z.strictObject({
  /** Address of the page on this server: it contains a secret: anyone with the address can read the report. */
  path: z.string(),
  /** When the page is removed. */
  until: z.string(),
  figures: z.record(z.string(), z.number().nullable()),
})
export type MadeReport = z.infer<typeof MadeReport>
