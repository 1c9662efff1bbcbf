// The later requests of the commissioner protocol (contract section 9.4): which rounds are due, leaderboards, texts for
// people, promotions outside a round, and migrations.
import { z } from 'zod'
import { MembershipChange, MembershipEvent, RoundDivision, RoundLeague, RoundMembership } from './commissioner.ts'
import { JsonObject } from './json.ts'
import { LaxInt, LaxNumber, orNull, Uuid } from './lax.ts'

const Text = z.string()
const Instant = Text

/** A round as requests show it. */
export const RoundSummary = z.object({
  id: Uuid,
  public_id: Text.nullish(),
  division_id: Uuid,
  round_number: LaxInt,
  status: Text,
  round_config: JsonObject.nullish(),
  created_at: Instant.nullish(),
  started_at: Instant.nullish(),
  completed_at: Instant.nullish(),
})
export type RoundSummary = z.infer<typeof RoundSummary>

export const ScheduleRoundsRequest = z.object({
  type: z.literal('schedule_rounds_request'),
  league: RoundLeague,
  divisions: z.array(RoundDivision),
  active_memberships: z.array(RoundMembership),
  recent_rounds: z.array(RoundSummary),
})
export type ScheduleRoundsRequest = z.infer<typeof ScheduleRoundsRequest>

export const ProposedRound = z.object({
  division_id: Uuid,
  round_config: JsonObject.default({}),
  execution_backend: Text.default('dispatch'),
  notes: orNull(Text),
})
export type ProposedRound = z.infer<typeof ProposedRound>
export const ScheduleRoundsResponse = z.object({
  type: z.literal('schedule_rounds_response'),
  rounds: z.array(ProposedRound),
})

export const StoredResult = z.object({
  round_id: Uuid,
  policy_version_id: Uuid,
  player_id: orNull(Text),
  player_name: orNull(Text),
  rank: LaxInt,
  score: LaxNumber,
  result_metadata: orNull(JsonObject),
})
export type StoredResult = z.infer<typeof StoredResult>

export const RankDivisionRequest = z.object({
  type: z.literal('rank_division_request'),
  league: RoundLeague,
  division: RoundDivision,
  completed_rounds: z.array(RoundSummary),
  recent_rounds: z.array(RoundSummary).default([]),
  round_results: z.array(StoredResult),
})
export type RankDivisionRequest = z.infer<typeof RankDivisionRequest>

export const DivisionRanking = z.object({
  player_id: orNull(Text),
  player_name: orNull(Text),
  rank: LaxInt,
  score: LaxNumber,
  rounds_played: LaxInt,
  policy_version_ids: z.array(Uuid),
  recent_rounds: z.array(JsonObject).nullish(),
})
export type DivisionRanking = z.infer<typeof DivisionRanking>
export const RankDivisionResponse = z.object({
  type: z.literal('rank_division_response'),
  rankings: z.array(DivisionRanking),
})

export const DescribeDivisionRequest = z.object({
  type: z.literal('describe_division_request'),
  league: RoundLeague,
  division: RoundDivision,
  active_memberships: z.array(RoundMembership).default([]),
  recent_rounds: z.array(RoundSummary).default([]),
})
export type DescribeDivisionRequest = z.infer<typeof DescribeDivisionRequest>

export const DivisionDescription = z.object({
  round_schedule: orNull(Text),
  next_round: orNull(Text),
  round_structure: orNull(Text),
  leaderboard_rules: orNull(Text),
  scoring_mechanics: orNull(Text),
})
export type DivisionDescription = z.infer<typeof DivisionDescription>
export const DescribeDivisionResponse = z.object({
  type: z.literal('describe_division_response'),
  description: DivisionDescription,
})

/** A result of an earlier round. Some platforms leave out where it was. */
export const PastResult = z.object({
  round_id: Uuid,
  division_id: Uuid.nullish(),
  round_number: LaxInt.nullish(),
  policy_version_id: Uuid,
  rank: LaxInt,
  score: LaxNumber,
  result_metadata: JsonObject.nullish().transform((value) => value ?? {}),
})

export const RoundCompletedRequest = z.object({
  type: z.literal('round_completed_request'),
  league: RoundLeague,
  division: RoundDivision,
  all_divisions: z.array(RoundDivision),
  round_config: JsonObject,
  round_results: z.array(StoredResult),
  division_memberships: z.array(RoundMembership),
  recent_results: z.array(PastResult).default([]),
  commissioner_config: orNull(JsonObject),
})
export type RoundCompletedRequest = z.infer<typeof RoundCompletedRequest>
export const RoundCompletedResponse = z.object({
  type: z.literal('round_completed_response'),
  policy_membership_events: z.array(MembershipEvent).default([]),
  membership_changes: z.array(MembershipChange).default([]),
  follow_up_rounds: z.array(ProposedRound).default([]),
})
export type RoundCompletedResponse = z.infer<typeof RoundCompletedResponse>

export const MigrationConfigRequest = z.object({
  type: z.literal('league_migration_config_request'),
  league: RoundLeague,
  divisions: z.array(RoundDivision).default([]),
})
export type MigrationConfigRequest = z.infer<typeof MigrationConfigRequest>
/** A division that the league should have. The one named `previous_name` is renamed, and keeps its id and history. */
export const MigrationDivision = z.object({
  /** The handle of a ruleset's division. */
  key: orNull(Text),
  name: Text,
  previous_name: orNull(Text),
  level: LaxInt,
  type: Text.default('competition'),
  description: orNull(Text),
})
export type MigrationDivision = z.infer<typeof MigrationDivision>
export const MigrationConfigResponse = z.object({
  type: z.literal('league_migration_config_response'),
  divisions: z.array(MigrationDivision),
})
export type MigrationConfigResponse = z.infer<typeof MigrationConfigResponse>
export const MigrationRequest = z.object({
  type: z.literal('league_migration_request'),
  league: RoundLeague,
  divisions: z.array(RoundDivision),
  memberships: z.array(RoundMembership),
})
export type MigrationRequest = z.infer<typeof MigrationRequest>
export const MigrationResponse = z.object({
  type: z.literal('league_migration_response'),
  policy_membership_events: z.array(MembershipEvent).default([]),
})
export type MigrationResponse = z.infer<typeof MigrationResponse>

/** Requests that a platform sends on the same socket, outside a round. */
export const CommissionerRequest = z.discriminatedUnion('type', [
  ScheduleRoundsRequest,
  RankDivisionRequest,
  DescribeDivisionRequest,
  RoundCompletedRequest,
  MigrationConfigRequest,
  MigrationRequest,
])
export type CommissionerRequest = z.infer<typeof CommissionerRequest>
