// The read objects of the hosted API (contract section 10.2) as a client reads them from any server: fields that may be absent
// count as null, fields that it does not know stay, and labels are computed. hosted.ts has what our own server writes.
import { z } from 'zod'
import { JsonObject } from './json.ts'

const Text = z.string()
const Uuid = z.guid()
const Int = z.int()
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null)

export const ReadPolicyVersion = z
  .looseObject({ id: Uuid, policy: z.looseObject({ id: Uuid, name: Text }), version: Int, player_id: maybe(Text) })
  .transform((each) => ({ ...each, label: `${each.policy.name}:v${each.version}` }))

const ReadPlayer = z.looseObject({ id: Text, name: maybe(Text), avatar_url: maybe(Text) })

const ReadGame = z.looseObject({
  id: Text,
  name: Text,
  slug: maybe(Text),
  coworld_name: maybe(Text),
  coworld_id: maybe(Text),
  description: maybe(Text),
  created_at: Text,
})

export const ReadLeague = z.looseObject({
  id: Text,
  name: Text,
  slug: maybe(Text),
  game: ReadGame,
  commissioner_key: maybe(Text),
  public: z.boolean().default(false),
  hidden: z.boolean().default(false),
  created_at: Text,
})

export const ReadDivision = z.looseObject({
  id: Text,
  name: Text,
  level: Int,
  league: ReadLeague,
  description: maybe(Text),
  commissioner_description: maybe(
    z.looseObject({
      round_schedule: maybe(Text),
      next_round: maybe(Text),
      round_structure: maybe(Text),
      leaderboard_rules: maybe(Text),
    }),
  ),
  created_at: Text,
})

export const ReadLadderEntry = z.looseObject({ id: Text, name: Text, level: Int, member_count: Int })

export const ReadLeaderboardEntry = z.looseObject({
  player_id: Text,
  player_name: maybe(Text),
  avg_score: z.number(),
  rounds_played: Int,
  recent_rounds: maybe(
    z.array(
      z.looseObject({
        id: Text,
        round_number: Int,
        status: Text,
        rank: maybe(Int),
        score: maybe(z.number()),
        started_at: maybe(Text),
        completed_at: maybe(Text),
      }),
    ),
  ),
})

export const ReadMembership = z.looseObject({
  id: Text,
  is_active: z.boolean(),
  is_champion: z.boolean(),
  start_time: Text,
  end_time: maybe(Text),
  league: ReadLeague,
  division: ReadDivision,
  policy_version: ReadPolicyVersion,
  player: maybe(ReadPlayer),
  created_at: Text,
})

export const ReadSubmission = z.looseObject({
  id: Text,
  status: Text,
  league: ReadLeague,
  policy_version: ReadPolicyVersion,
  player: maybe(ReadPlayer),
  league_policy_membership_id: maybe(Text),
  notes: maybe(Text),
  created_at: Text,
})

const round = {
  id: Text,
  round_number: Int,
  commissioner_key: Text,
  execution_backend: Text,
  round_config: JsonObject,
  round_display: maybe(JsonObject),
  status: Text,
  error: maybe(Text),
  started_at: maybe(Text),
  completed_at: maybe(Text),
  division: ReadDivision,
  created_at: Text,
}

export const ReadRoundPage = z.looseObject({
  entries: z.array(z.looseObject(round)),
  total_count: Int,
  limit: Int,
  offset: Int,
})

const pool = {
  id: Text,
  round_id: maybe(Text),
  pool_index: maybe(Int),
  label: Text,
  pool_type: Text,
  env_config: maybe(
    z.looseObject({
      id: Uuid,
      name: maybe(Text),
      compat_version: maybe(Text),
      num_agents: maybe(Int),
      created_at: Text,
    }),
  ),
  coworld_id: maybe(Text),
  config: JsonObject,
  status: Text,
  error: maybe(Text),
  started_at: maybe(Text),
  completed_at: maybe(Text),
  created_at: Text,
}
export const ReadPool = z.looseObject(pool)

export const ReadPoolDetail = z.looseObject({
  ...pool,
  entries: z.array(
    z.looseObject({
      id: Uuid,
      pool_id: Text,
      league_policy_membership_id: maybe(Text),
      policy_version: ReadPolicyVersion,
      player: maybe(ReadPlayer),
      seed_order: Int,
      metadata: maybe(JsonObject),
      created_at: Text,
    }),
  ),
})

export const ReadRoundDetail = z.looseObject({
  ...round,
  pools: z.array(ReadPool),
  results: z.array(
    z.looseObject({
      id: Text,
      rank: Int,
      score: z.number(),
      result_metadata: maybe(JsonObject),
      policy_version: ReadPolicyVersion,
      player: maybe(ReadPlayer),
      created_at: Text,
    }),
  ),
})
export type ReadRoundDetail = z.infer<typeof ReadRoundDetail>

export const ReadParticipant = z
  .looseObject({
    position: Int,
    policy_version_id: Uuid,
    policy_id: Uuid,
    policy_name: Text,
    version: Int,
    player_id: maybe(Text),
    player_name: maybe(Text),
  })
  .transform((each) => ({ ...each, label: `${each.policy_name}:v${each.version}` }))

export const ReadEpisode = z.looseObject({
  id: Text,
  requester_user_id: Text,
  pool_id: maybe(Text),
  mod_name: maybe(Text),
  env_config_name: maybe(Text),
  coworld_id: maybe(Text),
  seed: maybe(Int),
  assignments: z.array(Int),
  max_steps: maybe(Int),
  status: Text,
  policy_version_ids: z.array(Uuid),
  participants: z.array(ReadParticipant),
  job_id: maybe(Uuid),
  episode_id: maybe(Uuid),
  replay_url: maybe(Text),
  scores: z.array(z.looseObject({ policy_version_id: Text, score: z.number() })),
  created_at: Text,
})
export type ReadEpisode = z.infer<typeof ReadEpisode>

export const ReadEvent = z.looseObject({
  id: Text,
  event_type: Text,
  audience: Text,
  user_id: maybe(Text),
  player: maybe(ReadPlayer),
  policy_version: maybe(ReadPolicyVersion),
  league: maybe(ReadLeague),
  division: maybe(ReadDivision),
  round_id: maybe(Text),
  headline: Text,
  summary: Text,
  payload: JsonObject,
  created_at: Text,
})

export const ReadEpisodeStats = z.looseObject({
  game_stats: z.record(Text, z.number()),
  policy_stats: z.array(
    z.looseObject({
      position: Int,
      policy_version_id: maybe(Text),
      policy_name: maybe(Text),
      policy_version: maybe(Int),
      num_agents: Int,
      avg_metrics: z.record(Text, z.number()),
      avg_reward: z.number(),
      agents: z.array(z.looseObject({ agent_id: Int, reward: z.number(), metrics: z.record(Text, z.number()) })),
    }),
  ),
  steps: maybe(Int),
})
