// The read objects of the hosted API (contract section 10.2), as clients of coworld 0.1.0 read them. Ids carry prefixes.
import { z } from 'zod'
import { JsonObject } from './json.ts'
import { AUTO_CHAMPION } from './league.ts'

const Text = z.string()
const Instant = z.string()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

/** The game of a league. */
export const HostedGame = z.object({
  id: Text,
  name: Text,
  slug: orNull(Text),
  coworld_name: orNull(Text),
  coworld_id: orNull(Text),
  description: orNull(Text),
  created_at: Instant,
})
export type HostedGame = z.infer<typeof HostedGame>

/** A league: which game it plays, by which commissioner, and who may see it. */
export const HostedLeague = z.object({
  id: Text,
  name: Text,
  slug: orNull(Text),
  game: HostedGame,
  commissioner_key: orNull(Text),
  public: z.boolean(),
  hidden: z.boolean(),
  created_at: Instant,
})
export type HostedLeague = z.infer<typeof HostedLeague>

/** A division of a league. `level` 1 is the top. */
export const HostedDivision = z.object({
  id: Text,
  name: Text,
  level: z.int(),
  league: HostedLeague,
  description: orNull(Text),
  commissioner_description: orNull(
    z.object({
      round_schedule: orNull(Text),
      next_round: orNull(Text),
      round_structure: orNull(Text),
      leaderboard_rules: orNull(Text),
    }),
  ),
  created_at: Instant,
})
export type HostedDivision = z.infer<typeof HostedDivision>

/** One rung of the ladder: a division and how many members it has. */
export const LadderEntry = z.object({ id: Text, name: Text, level: z.int(), member_count: z.int() })
export type LadderEntry = z.infer<typeof LadderEntry>

/** The result of a player in one of its last rounds; rank and score are null until the round is complete. */
export const RecentRound = z.object({
  id: Text,
  round_number: z.int(),
  status: Text,
  rank: orNull(z.int()),
  score: orNull(z.number()),
  started_at: orNull(Instant),
  completed_at: orNull(Instant),
})
/** One line of a leaderboard: a player with its mean score over the rounds it played. */
export const LeaderboardEntry = z.object({
  player_id: Text,
  player_name: orNull(Text),
  avg_score: z.number(),
  rounds_played: z.int(),
  recent_rounds: orNull(z.array(RecentRound)),
})
export type LeaderboardEntry = z.infer<typeof LeaderboardEntry>

/** The same with what this server adds when it is asked for details. */
export const LeaderboardRow = LeaderboardEntry.extend({
  /** 95 %, from the spread of the round results; null: fewer than two rounds. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Episodes of the last 20 completed rounds against others. */
  recent_matches: z.object({ won: z.int(), drawn: z.int(), lost: z.int() }).nullable(),
  policy_version_ids: z.array(Text),
})
export type LeaderboardRow = z.infer<typeof LeaderboardRow>

/** A version of a policy, with the policy it belongs to. */
export const HostedPolicyVersion = z.object({
  id: Text,
  policy: z.object({ id: Text, name: Text }),
  version: z.int(),
  player_id: orNull(Text),
})
export type HostedPolicyVersion = z.infer<typeof HostedPolicyVersion>
/** A player as others see it. */
export const HostedPlayer = z.object({ id: Text, name: orNull(Text), avatar_url: orNull(Text) })
export type HostedPlayer = z.infer<typeof HostedPlayer>

/** A policy version in a league, from its qualification to its retirement. */
export const HostedMembership = z.object({
  id: Text,
  is_active: z.boolean(),
  is_champion: z.boolean(),
  start_time: Instant,
  end_time: orNull(Instant),
  league: HostedLeague,
  division: HostedDivision,
  policy_version: HostedPolicyVersion,
  player: orNull(HostedPlayer),
  created_at: Instant,
})
export type HostedMembership = z.infer<typeof HostedMembership>

/** The same with its status, for this server's own routes. */
export const MembershipDetail = HostedMembership.extend({ status: Text, substatus: orNull(Text) })
export type MembershipDetail = z.infer<typeof MembershipDetail>

/** A policy version that was submitted to a league, and the result. */
export const HostedSubmission = z.object({
  id: Text,
  status: Text,
  league: HostedLeague,
  policy_version: HostedPolicyVersion,
  player: orNull(HostedPlayer),
  league_policy_membership_id: orNull(Text),
  notes: orNull(Text),
  created_at: Instant,
})
export type HostedSubmission = z.infer<typeof HostedSubmission>

/** The same with its player's wishes, for the player. */
export const SubmissionDetail = HostedSubmission.extend({ auto_champion: Text, preferences: orNull(JsonObject) })
export type SubmissionDetail = z.infer<typeof SubmissionDetail>

/** A round of a division, from its schedule to its result. */
export const HostedRound = z.object({
  id: Text,
  round_number: z.int(),
  commissioner_key: Text,
  execution_backend: Text,
  round_config: JsonObject,
  round_display: orNull(JsonObject),
  status: Text,
  error: orNull(Text),
  started_at: orNull(Instant),
  completed_at: orNull(Instant),
  division: HostedDivision,
  created_at: Instant,
})
export type HostedRound = z.infer<typeof HostedRound>
/** A page of rounds, newest first. `limit` and `offset` count rounds. */
export const RoundPage = z.object({
  entries: z.array(HostedRound),
  total_count: z.int(),
  limit: z.int(),
  offset: z.int(),
})
export type RoundPage = z.infer<typeof RoundPage>

/** A pool of a round: episodes with one configuration. */
export const HostedPool = z.object({
  id: Text,
  round_id: orNull(Text),
  pool_index: orNull(z.int()),
  label: Text,
  pool_type: Text,
  env_config: z.null(),
  coworld_id: orNull(Text),
  config: JsonObject,
  status: Text,
  error: orNull(Text),
  started_at: orNull(Instant),
  completed_at: orNull(Instant),
  created_at: Instant,
})
export type HostedPool = z.infer<typeof HostedPool>
/** A pool with its entries, by seed order. */
export const PoolDetail = HostedPool.extend({
  entries: z.array(
    z.object({
      id: Text,
      pool_id: Text,
      league_policy_membership_id: orNull(Text),
      policy_version: HostedPolicyVersion,
      player: orNull(HostedPlayer),
      seed_order: z.int(),
      metadata: orNull(JsonObject),
      created_at: Instant,
    }),
  ),
})
export type PoolDetail = z.infer<typeof PoolDetail>

/** What a policy version achieved in a round; rank 1 is best. */
export const RoundResult = z.object({
  id: Text,
  rank: z.int(),
  score: z.number(),
  result_metadata: orNull(JsonObject),
  policy_version: HostedPolicyVersion,
  player: orNull(HostedPlayer),
  created_at: Instant,
})
/** A round with its pools and results. */
export const RoundDetail = HostedRound.extend({ pools: z.array(HostedPool), results: z.array(RoundResult) })
export type RoundDetail = z.infer<typeof RoundDetail>

/** An episode that was requested for a pool. `assignments[i]` is the index in `policy_version_ids` of the policy in position i. */
export const HostedEpisode = z.object({
  id: Text,
  requester_user_id: Text,
  pool_id: orNull(Text),
  mod_name: orNull(Text),
  env_config_name: orNull(Text),
  coworld_id: orNull(Text),
  seed: orNull(z.int()),
  assignments: z.array(z.int()),
  max_steps: orNull(z.int()),
  status: Text,
  policy_version_ids: z.array(Text),
  participants: z.array(
    z.object({
      position: z.int(),
      policy_version_id: Text,
      policy_id: Text,
      policy_name: Text,
      version: z.int(),
      player_id: orNull(Text),
      player_name: orNull(Text),
    }),
  ),
  job_id: orNull(Text),
  episode_id: orNull(Text),
  replay_url: orNull(Text),
  scores: z.array(z.object({ policy_version_id: Text, score: z.number() })),
  created_at: Instant,
})
export type HostedEpisode = z.infer<typeof HostedEpisode>

/** Figures of an episode, by policy and agent. */
export const EpisodeStats = z.object({
  game_stats: z.record(Text, z.number()),
  policy_stats: z.array(
    z.object({
      position: z.int(),
      policy_version_id: orNull(Text),
      policy_name: orNull(Text),
      policy_version: orNull(z.int()),
      num_agents: z.int(),
      avg_metrics: z.record(Text, z.number()),
      avg_reward: z.number(),
      agents: z.array(z.object({ agent_id: z.int(), reward: z.number(), metrics: z.record(Text, z.number()) })),
    }),
  ),
  steps: orNull(z.int()),
})

/** Something that happened in a league, worded for its audience. */
export const CompetitionEvent = z.object({
  id: Text,
  event_type: Text,
  audience: Text,
  user_id: orNull(Text),
  player: orNull(HostedPlayer),
  policy_version: orNull(HostedPolicyVersion),
  league: orNull(HostedLeague),
  division: orNull(HostedDivision),
  round_id: orNull(Text),
  headline: Text,
  summary: Text,
  payload: JsonObject,
  created_at: Instant,
})
export type CompetitionEvent = z.infer<typeof CompetitionEvent>

/** A page of policy versions. */
export const PolicyVersionPage = z.object({
  entries: z.array(z.object({ id: Text, policy_version_id: Text, name: Text, policy_name: Text, version: z.int() })),
  total_count: z.int(),
})

/** Bytes of the preferences of a submission as JSON. */
const MAX_PREFERENCES = 16 * 1024

/** Submits a policy version to a league. */
export const SubmissionRequest = z.object({
  league_id: Text,
  policy_version_id: Text,
  /** Whether it becomes its player's champion when it qualifies: `always`, `never`, or in place of an earlier version. */
  auto_champion: z.enum(AUTO_CHAMPION).default('always'),
  /** For the commissioner; nobody else sees them. */
  preferences: JsonObject.nullish().refine((value) => JSON.stringify(value ?? null).length <= MAX_PREFERENCES, {
    message: `at most ${MAX_PREFERENCES} bytes`,
  }),
})
/** The immediate result of a submission. */
export const SubmissionAnswer = z.object({
  id: Text,
  status: Text,
  league_policy_membership_id: orNull(Text),
  notes: orNull(Text),
})
