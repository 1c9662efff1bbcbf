// Experience requests of the hosted API (contract section 14): batches of episodes that a player asks for. They never count
// for a leaderboard.
import { z } from 'zod'
import { Seed } from './episode.ts'
import { EpisodeFault } from './episode-artefacts.ts'
import { HostedEpisode } from './hosted.ts'
import { JsonObject } from './json.ts'

/** Episodes of one request. */
export const MAX_EXPERIENCE_EPISODES = 100
const MAX_SLOTS = 256
const Id = z.string().min(1).max(200)

/** Selects who plays: exactly one of the fields. */
export const PlayerSelector = z
  .strictObject({
    /** `name`, `name:v2` or the id of a policy version. */
    policy_ref: Id.optional(),
    /** One of the best champions of the target, this many. */
    top_n: z.int().min(1).max(100).optional(),
    /** Any champion of the target, better ones more often. */
    random: z.literal(true).optional(),
    /** A bot of the world. */
    bot: Id.optional(),
  })
  .refine((selector) => Object.values(selector).filter((value) => value !== undefined).length === 1, {
    error: 'give exactly one of policy_ref, bot, top_n and random',
  })
export type PlayerSelector = z.infer<typeof PlayerSelector>

/** What is played: a league, one of its divisions, or a world. */
export const ExperienceTarget = z.strictObject({
  league_id: Id.nullish(),
  league_name: Id.nullish(),
  division_id: Id.nullish(),
  division_name: Id.nullish(),
  coworld_id: Id.nullish(),
  world: Id.nullish(),
  variant_id: Id.nullish(),
})
export type ExperienceTarget = z.infer<typeof ExperienceTarget>

/** Asks for episodes. The roster has one entry per slot. */
export const ExperienceRequest = z.strictObject({
  target: ExperienceTarget.prefault({}),
  /** Short for `target.coworld_id` and `target.variant_id`. */
  coworld_id: Id.nullish(),
  variant_id: Id.nullish(),
  roster: z
    .array(
      z.strictObject({
        player: PlayerSelector,
        /** -1: the player takes the free slots in turn, one further in each episode. */
        slot: z.int().min(-1).max(MAX_SLOTS).default(-1),
      }),
    )
    .min(1)
    .max(MAX_SLOTS),
  /** Ids or names of players: only these, and never these, are drawn by `top_n` and `random`. */
  included_players: z.array(Id).max(1000).nullish(),
  excluded_players: z.array(Id).max(1000).nullish(),
  num_episodes: z.int().min(1).max(MAX_EXPERIENCE_EPISODES).default(1),
  /** Replaces keys of the configuration. */
  game_config_overrides: JsonObject.nullish(),
  notes: z.string().max(1000).nullish(),
  /** The first seed; the others follow it. Absent: a random one. */
  seed: Seed.nullish(),
  /** Servers have one backend. */
  execution_backend: z.enum(['k8s', 'dispatch']).nullish(),
})
export type ExperienceRequest = z.infer<typeof ExperienceRequest>

const Text = z.string()
const Count = z.int().min(0)

/** A request with the counts of its episodes. */
export const ExperienceRow = z.object({
  id: Text,
  requester_user_id: Text,
  /** The name of the player; null: the operator. */
  requester: Text.nullable(),
  coworld_id: Text,
  coworld_name: Text,
  coworld_version: Text,
  variant_id: Text.nullable(),
  target: JsonObject,
  status: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']),
  episode_count: Count,
  pending_count: Count,
  submitted_count: Count,
  running_count: Count,
  completed_count: Count,
  failed_count: Count,
  cancelled_count: Count,
  /** Of an episode that failed. */
  error: Text.nullable(),
  /** What the request waits for. */
  notice: Text.nullable(),
  notes: Text.nullable(),
  created_at: Text,
  started_at: Text.nullable(),
  completed_at: Text.nullable(),
})
export type ExperienceRow = z.infer<typeof ExperienceRow>

/** An episode of a request, with the reason for which it failed. */
export const ExperienceEpisode = HostedEpisode.extend({
  error_type: EpisodeFault.shape.error_type.nullable(),
  error: Text.nullable(),
  failed_policy_index: Count.nullable(),
})
export type ExperienceEpisode = z.infer<typeof ExperienceEpisode>

export const ExperienceDetail = ExperienceRow.extend({ episodes: z.array(ExperienceEpisode) })
export type ExperienceDetail = z.infer<typeof ExperienceDetail>

/** A page of requests, newest first. */
export const ExperiencePage = z.object({
  entries: z.array(ExperienceRow),
  total_count: Count,
  limit: Count,
  offset: Count,
})
export type ExperiencePage = z.infer<typeof ExperiencePage>

/** A request as any server sends it: newer fields may be absent, and unknown ones stay. */
export const ReadExperience = z.looseObject({
  id: Text,
  coworld_id: Text,
  coworld_name: Text.nullish(),
  variant_id: Text.nullish(),
  requester: Text.nullish(),
  status: Text,
  episode_count: Count,
  running_count: Count.default(0),
  completed_count: Count,
  failed_count: Count,
  cancelled_count: Count.default(0),
  error: Text.nullish(),
  notice: Text.nullish(),
  notes: Text.nullish(),
  created_at: Text,
  started_at: Text.nullish(),
  completed_at: Text.nullish(),
})
export type ReadExperience = z.infer<typeof ReadExperience>
export const ReadExperiencePage = z.looseObject({ entries: z.array(ReadExperience) })
