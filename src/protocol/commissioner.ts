// The commissioner protocol of coworld: what travels on `WS /round`, contract sections 9.2 to 9.4. Unknown fields are
// dropped; every message is written with all its fields, nulls and empty lists included.
import { z } from 'zod'
import { JsonObject, JsonValue } from './json.ts'
import { LaxBoolean, LaxInt, LaxNumber, orNull, Uuid } from './lax.ts'

/** Bytes of `state` as JSON text with ASCII escapes and spaces after commas and colons. */
export const MAX_STATE_BYTES = 10 * 1024 * 1024

const Text = z.string()
const PlayerId = orNull(Text)

export const RoundLeague = z.object({
  id: Uuid,
  commissioner_key: Text.nullish(),
  commissioner_config: orNull(JsonObject),
})
export const RoundDivision = z.object({
  id: Uuid,
  name: Text,
  level: LaxInt,
  /** `competition` or `staging`; later platforms send it. */
  type: Text.nullish(),
})
export type RoundDivision = z.infer<typeof RoundDivision>

/** `league_id`, `status` and `substatus` are sent by later platforms; without a status a member competes. */
export const RoundMembership = z.object({
  id: Uuid,
  league_id: Uuid.nullish(),
  division_id: Uuid,
  policy_version_id: Uuid,
  player_id: PlayerId,
  is_champion: LaxBoolean.default(false),
  status: Text.nullish(),
  substatus: Text.nullish(),
  /** What its player wishes of the commissioner; later platforms only. */
  preferences: JsonObject.nullish(),
})
export type RoundMembership = z.infer<typeof RoundMembership>

export const RecentResult = z.object({
  round_id: Uuid,
  division_id: Uuid,
  round_number: LaxInt,
  policy_version_id: Uuid,
  rank: LaxInt,
  score: LaxNumber,
})
export type RecentResult = z.infer<typeof RecentResult>

export const RoundVariant = z.object({ id: Text, name: Text, game_config: JsonObject })
export type RoundVariant = z.infer<typeof RoundVariant>

export const RoundStart = z.object({
  type: z.literal('round_start'),
  round_id: Uuid,
  round_number: LaxInt,
  league: RoundLeague,
  divisions: z.array(RoundDivision),
  memberships: z.array(RoundMembership),
  recent_results: z.array(RecentResult),
  variants: z.array(RoundVariant),
  state: JsonValue.nullish().transform((value) => value ?? null),
})
export type RoundStart = z.infer<typeof RoundStart>

const RequestIds = z.array(Text)
export const EpisodesAccepted = z.object({ type: z.literal('episodes_accepted'), request_ids: RequestIds })
export const EpisodesRejected = z.object({
  type: z.literal('episodes_rejected'),
  request_ids: RequestIds,
  errors: z.record(z.string(), Text),
})
export const EpisodeScore = z.object({ policy_version_id: Uuid, player_id: PlayerId, score: LaxNumber })
export type EpisodeScore = z.infer<typeof EpisodeScore>
export const EpisodeResult = z.object({
  type: z.literal('episode_result'),
  request_id: Text,
  scores: z.array(EpisodeScore),
  game_results: orNull(JsonObject),
})
export type EpisodeResult = z.infer<typeof EpisodeResult>
export const EpisodeFailed = z.object({ type: z.literal('episode_failed'), request_id: Text, error: Text })
export type EpisodeFailed = z.infer<typeof EpisodeFailed>
export const RoundAbort = z.object({ type: z.literal('round_abort'), reason: Text })

export const ScheduledEpisode = z.object({
  request_id: Text,
  variant_id: Text,
  policy_version_ids: z.array(Uuid),
  seed: orNull(LaxInt),
  tags: z.record(z.string(), Text).default({}),
  /** Replaces the variant's configuration; later platforms only. */
  game_config: JsonObject.nullish(),
  /** Single keys that win over both; later platforms only. */
  game_config_overrides: JsonObject.nullish(),
})
export type ScheduledEpisode = z.infer<typeof ScheduledEpisode>
export const ScheduleEpisodes = z.object({ type: z.literal('schedule_episodes'), episodes: z.array(ScheduledEpisode) })
export type ScheduleEpisodes = z.infer<typeof ScheduleEpisodes>

/** A platform may stop the named episode; the commissioner counts it as failed. */
export const EpisodeCancel = z.object({ type: z.literal('episode_cancel'), request_id: Text, reason: Text })
export type EpisodeCancel = z.infer<typeof EpisodeCancel>

export const RoundRanking = z.object({
  policy_version_id: Uuid,
  player_id: PlayerId,
  rank: LaxInt,
  score: LaxNumber,
  result_metadata: JsonObject.default({}),
})
export type RoundRanking = z.infer<typeof RoundRanking>
export const DivisionResults = z.object({ division_id: Uuid, rankings: z.array(RoundRanking) })
export const GraduationChange = z.object({ membership_id: Uuid, to_division_id: Uuid, reason: Text })
export type GraduationChange = z.infer<typeof GraduationChange>

/** The result for a membership, in the later protocol. */
export const MembershipEvent = z.object({
  league_policy_membership_id: Uuid,
  from_division_id: orNull(Uuid),
  to_division_id: orNull(Uuid),
  status: Text,
  substatus: orNull(Text),
  reason: Text.default(''),
  end_time: orNull(Text),
  notes: orNull(Text),
  evidence: z.array(JsonObject).default([]),
})
export type MembershipEvent = z.infer<typeof MembershipEvent>
export const MembershipChange = z.object({
  membership_id: Uuid,
  from_division_id: orNull(Uuid),
  to_division_id: orNull(Uuid),
  is_active: LaxBoolean,
  reason: Text.default(''),
})
export type MembershipChange = z.infer<typeof MembershipChange>

const State = JsonValue.nullish().transform((value, context) => {
  const state = value ?? null
  if (stateBytes(state) <= MAX_STATE_BYTES) return state
  context.addIssue({ code: 'custom', message: 'state must not exceed 10 MB' })
  return z.NEVER
})

export const RoundComplete = z.object({
  type: z.literal('round_complete'),
  results: z.array(DivisionResults).default([]),
  graduation_changes: z.array(GraduationChange).default([]),
  policy_membership_events: z.array(MembershipEvent).optional(),
  membership_changes: z.array(MembershipChange).optional(),
  round_display: orNull(JsonObject),
  observability: JsonObject.nullish(),
  state: State,
})
export type RoundComplete = z.infer<typeof RoundComplete>

/** All messages of a platform during a round. */
export const PlatformMessage = z.discriminatedUnion('type', [
  RoundStart,
  EpisodesAccepted,
  EpisodesRejected,
  EpisodeResult,
  EpisodeFailed,
  RoundAbort,
])
export type PlatformMessage = z.infer<typeof PlatformMessage>

/** All messages of a commissioner during a round. */
export const CommissionerMessage = z.discriminatedUnion('type', [ScheduleEpisodes, RoundComplete, EpisodeCancel])
export type CommissionerMessage = z.infer<typeof CommissionerMessage>

/** Bytes of a state as the contract counts them: ASCII escapes, `", "` and `": "` between parts. */
export function stateBytes(value: JsonValue): number {
  if (value === null) return 4
  if (typeof value === 'boolean') return value ? 4 : 5
  if (typeof value === 'number') return numberBytes(value)
  if (typeof value === 'string') return textBytes(value)
  if (Array.isArray(value)) {
    let sum = 2 + 2 * Math.max(0, value.length - 1)
    for (const each of value) sum += stateBytes(each)
    return sum
  }
  let sum = 2
  let count = 0
  for (const [key, each] of Object.entries(value)) {
    sum += textBytes(key) + 2 + stateBytes(each)
    count++
  }
  return sum + 2 * Math.max(0, count - 1)
}

/** Python spells an exponent with at least two digits: 1e-07. */
function numberBytes(value: number): number {
  const text = String(value)
  return text.length + (/e[+-]\d$/.test(text) ? 1 : 0)
}

function textBytes(text: string): number {
  let bytes = 2
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22 || code === 0x5c || (code >= 8 && code <= 13 && code !== 11)) bytes += 2
    else bytes += code < 0x20 || code > 0x7e ? 6 : 1
  }
  return bytes
}
