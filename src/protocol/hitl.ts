// Files of scenarios that people judge characters by ("human in the loop"), of both generations of the simulation engine.
import { z } from 'zod'

/** What an evaluator says of one response. */
export const HitlFeedback = z.looseObject({
  liked: z.boolean(),
  comment: z.string().default(''),
  doesnt_make_sense: z.boolean().default(false),
  out_of_character: z.boolean().default(false),
  other: z.boolean().default(false),
  submitted_at: z.string(),
})
export type HitlFeedback = z.infer<typeof HitlFeedback>

export const HITL_EVENT_TYPES = ['ai', 'info', 'error', 'warning'] as const
const EventType = z.enum(HITL_EVENT_TYPES)

export const HitlAttempt = z.looseObject({
  player_message: z.string(),
  simulator_response: z.string().nullish(),
  /** Of the newer generation. */
  simulator_response_type: EventType.nullish(),
  simulator_extra_events: z.array(z.looseObject({ event_type: EventType, content: z.string() })).optional(),
  evaluator_feedback: HitlFeedback.nullish(),
})
export type HitlAttempt = z.infer<typeof HitlAttempt>

const Message = z.looseObject({ role: z.string(), content: z.string() })

const scenario = {
  id: z.string().min(1),
  description: z.string().default(''),
  game: z.string().min(1),
  pc_hid: z.string().min(1),
  conversation_history: z.array(Message).default([]),
  attempts: z.array(HitlAttempt),
  /** Of the older generation. */
  expected_pc_behavior: z.string().optional(),
}

export const HitlScenario = z
  .looseObject({ ...scenario, parent_session_id: z.string().nullish(), context_session_id: z.string().nullish() })
  // The older name of the same thing.
  .transform(({ context_session_id, ...rest }) => ({
    ...rest,
    parent_session_id: rest.parent_session_id ?? context_session_id ?? null,
  }))
/** One scenario of a character: what a player says, what the character should do, and the attempts with their verdicts. */
export type HitlScenario = z.infer<typeof HitlScenario>

export const HitlGroup = z.looseObject({
  group_id: z.string().min(1),
  label: z.string().default(''),
  expected_failure_mode: z.string().default(''),
  pressure_category: z.string().default(''),
  scenarios: z.array(HitlScenario),
})

/** `<hid>-scenarios.json` (older) or `<hid>-test-cases.json` (newer). */
export const HitlFile = z.looseObject({
  npc_hid: z.string().min(1),
  generated_at: z.string().default(''),
  scenario_groups: z.array(HitlGroup),
})
export type HitlFile = z.infer<typeof HitlFile>
