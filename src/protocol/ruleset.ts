// The configuration of the ruleset commissioner (contract section 9.6). Objects are closed; optional values may be null
// where the contract says so.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { LaxBoolean, LaxInt, LaxNumber } from './lax.ts'

const Text = z.string()
const Count = LaxInt.pipe(z.int().min(1))
const Positive = LaxNumber.pipe(z.number().positive())

const SEATINGS = [
  'baseline_window',
  'rolling_window',
  'shuffled_window',
  'mmr_neighbors',
  'team_blocks',
  'leaderboard_neighbors',
] as const

export const RulesetSchedule = z
  .strictObject({
    label: Text.default('Round'),
    episodes: Count.nullish(),
    /** The same as `episodes`. */
    attempts: Count.nullish(),
    min_episodes_per_entrant: Count.nullish(),
    self_play: LaxBoolean.default(false),
  })
  .refine(({ episodes, attempts }) => episodes == null || attempts == null, {
    message: 'give episodes or attempts, not both',
  })
export type RulesetSchedule = z.infer<typeof RulesetSchedule>

export const DivisionMatch = z.strictObject({ name: Text.nullish(), type: Text.nullish() })
export type DivisionMatch = z.infer<typeof DivisionMatch>

export const EntrantSelector = z.union([
  z.enum(['qualifying', 'champions']),
  z.strictObject({
    status: Text.nullish(),
    substatus: Text.nullish(),
    match_substatus: LaxBoolean.default(false),
    is_champion: LaxBoolean.nullish(),
  }),
])
export type EntrantSelector = z.infer<typeof EntrantSelector>

const CONDITIONS = ['completed_episodes_gt', 'completed_episodes_lte', 'score_gt', 'score_lte'] as const

export const TransitionCriteria = z.union([
  z.literal('otherwise'),
  z
    .strictObject({
      completed_episodes_gt: LaxInt.nullish(),
      completed_episodes_lte: LaxInt.nullish(),
      score_gt: LaxNumber.nullish(),
      score_lte: LaxNumber.nullish(),
    })
    .refine((criteria) => CONDITIONS.filter((name) => criteria[name] != null).length === 1, {
      message: 'give exactly one condition',
    }),
])
export type TransitionCriteria = z.infer<typeof TransitionCriteria>

export const TransitionAction = z.strictObject({
  type: z.literal('update_membership').default('update_membership'),
  /** Key of a division of the configuration. */
  division: Text.nullish(),
  status: Text.nullish(),
  substatus: Text.nullish(),
  reason: Text.nullish(),
})
export type TransitionAction = z.infer<typeof TransitionAction>

export const Transition = z.strictObject({
  id: Text.nullish(),
  name: Text.nullish(),
  criteria: TransitionCriteria,
  actions: z.array(TransitionAction).length(1),
})
export type Transition = z.infer<typeof Transition>

const Transitions = z.array(Transition).default([])
/** Three names for the same list: a document uses one of them. */
const transitions = {
  policy_membership_events: Transitions,
  on_round_complete: Transitions,
  on_episode_complete: Transitions,
}

interface WithTransitions {
  readonly policy_membership_events: readonly Transition[]
  readonly on_round_complete: readonly Transition[]
  readonly on_episode_complete: readonly Transition[]
}

const lists = (each: WithTransitions): (readonly Transition[])[] =>
  [each.policy_membership_events, each.on_round_complete, each.on_episode_complete].filter((list) => list.length > 0)

/** The transitions of a stage or division, under any of the three names. */
export const transitionsOf = (each: WithTransitions): readonly Transition[] => lists(each)[0] ?? []

export const RulesetStage = z
  .strictObject({
    id: Text,
    entrants: EntrantSelector.nullish(),
    game_config: JsonObject.nullish(),
    schedule: RulesetSchedule.nullish(),
    ...transitions,
  })
  .refine((stage) => lists(stage).length <= 1, { message: 'give transitions under one name' })
export type RulesetStage = z.infer<typeof RulesetStage>

export const RulesetDivision = z
  .strictObject({
    name: Text.nullish(),
    previous_name: Text.nullish(),
    level: LaxInt.nullish(),
    description: Text.nullish(),
    match: DivisionMatch.nullish(),
    entrants: EntrantSelector.nullish(),
    game_config: JsonObject.nullish(),
    min_entries_to_start: Count.nullish(),
    stage: RulesetSchedule.nullish(),
    stages: z.array(RulesetStage).default([]),
    ...transitions,
  })
  .refine((division) => lists(division).length <= 1, { message: 'give transitions under one name' })
  .refine((division) => division.stages.length === 0 || lists(division).length === 0, {
    message: 'transitions belong to the stages',
  })
  .refine((division) => division.stages.length === 0 || division.stage == null, {
    message: 'give stage or stages, not both',
  })
export type RulesetDivision = z.infer<typeof RulesetDivision>

export const DispatchThrottle = z
  .strictObject({
    enabled: LaxBoolean.default(false),
    min_in_flight: Count.default(1),
    max_in_flight: Count.default(64),
    startup_buffer_seconds: LaxNumber.pipe(z.number().min(0)).default(60),
    target_load: Positive.default(0.8),
    worker_seconds_per_episode: Positive.default(25),
    stagger_seconds: LaxNumber.pipe(z.number().min(0)).nullish(),
  })
  .refine(({ min_in_flight, max_in_flight }) => min_in_flight <= max_in_flight, {
    message: 'min_in_flight must not exceed max_in_flight',
  })
export type DispatchThrottle = z.infer<typeof DispatchThrottle>

const FillSource = z.strictObject({ match: DivisionMatch, entrants: EntrantSelector.nullish() })
export type FillSource = z.infer<typeof FillSource>

export const RulesetDefaults = z.strictObject({
  seating: z.enum(SEATINGS).default('baseline_window'),
  team_count: Count.default(4),
  fill_seats: z.enum(['strict', 'duplicate', 'fill_from_divisions']).default('duplicate'),
  fill_from: z.array(FillSource).default([]),
  duplicate_after_fill: LaxBoolean.default(true),
  min_entries_to_start: Count.default(1),
  stage: RulesetSchedule.prefault({}),
})
export type RulesetDefaults = z.infer<typeof RulesetDefaults>

const Leaderboard = z.strictObject({
  type: z.enum(['ewma', 'mmr']).default('ewma'),
  half_life_hours: Positive.default(2),
})

export const RulesetScoring = z.strictObject({
  round_score: z.enum(['mean', 'rank', 'win']).default('mean'),
  leaderboard: Leaderboard.prefault({}),
  mechanics: Text.nullish(),
})
export type RulesetScoring = z.infer<typeof RulesetScoring>

export const RulesetConfig = z.strictObject({
  schedule_interval_minutes: Count.default(10),
  backend: Text.default('dispatch'),
  /** Absent: results carry no score kind, and the leaderboard counts results of every kind. */
  scoring: RulesetScoring.nullish(),
  dispatch_throttle: DispatchThrottle.prefault({}),
  defaults: RulesetDefaults.prefault({}),
  divisions: z.record(z.string(), RulesetDivision).refine((divisions) => Object.keys(divisions).length > 0, {
    message: 'name at least one division',
  }),
})
export type RulesetConfig = z.infer<typeof RulesetConfig>
