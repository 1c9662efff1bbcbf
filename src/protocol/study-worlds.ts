// Worlds in studies: an arm names a world, who plays it, and how people wait for each other. It stands in a study's list
// of games under its own name.
import { z } from 'zod'
import { EpisodeOutcome, Results, Seed } from './episode.ts'

const Name = z.string().min(1).max(200)

/** Who plays one slot: a participant, a bot of the world, or a language model through the perception protocol. */
const ArmPlayer = z.union([z.literal('participant'), z.strictObject({ bot: Name }), z.strictObject({ model: Name })], {
  error: 'each player is `participant`, `{bot: NAME}` or `{model: NAME}`',
})
export type ArmPlayer = z.infer<typeof ArmPlayer>

/** How people wait for each other in an arm for several participants. */
const StudyWait = z.strictObject({
  /** Seconds that a participant waits before `on_timeout` happens. */
  seconds: z.int().min(1).max(3600).default(120),
  /** Seconds without a sign of the participant's page after which the participant has left the waiting room. */
  grace_seconds: z.int().min(2).max(600).default(30),
  /** `bot`: bots fill the empty slots. `release`: the participant gets the completion code without playing. */
  on_timeout: z.enum(['bot', 'release']).default('release'),
  /** The bot that fills in. */
  bot: Name.nullable().default(null),
  /** Completion code of participants who are released; null: the code of everybody else. */
  code: z.string().min(1).max(200).nullable().default(null),
})

/** What happens in an arm with several participants when one disappears during the episode. */
const StudyAway = z.strictObject({
  /** Seconds without a connection, after which the bot plays on. */
  seconds: z.int().min(1).max(3600).default(30),
  bot: Name,
})

/** A world in the place of a text game. */
export const StudyArm = z.strictObject({
  /** Id of the world. */
  world: Name,
  /** Null: the world's first variant. */
  variant: Name.nullable().default(null),
  /** Shown before the start; null: the world's own summary. */
  description: z.string().max(20_000).nullable().default(null),
  /** `each`: every episode draws one. `same`: all episodes of the arm share one. */
  seed: z
    .union([z.enum(['each', 'same']), Seed], { error: 'seed is `each`, `same` or a whole number' })
    .default('each'),
  /** One per slot of the world, in order. */
  players: z.array(ArmPlayer).min(1).max(64),
  steps_per_second: z.number().positive().max(1000).default(5),
  /** Turns in place of a fixed pace: seconds that each player has for a move. */
  turn_seconds: z.number().min(0.1).max(3600).nullable().default(null),
  /** Seconds after which an episode ends with the standing of that moment. */
  time_limit_seconds: z.int().min(1).max(86_400).default(1800),
  /** Null: the slot of a participant who disappears stays empty. */
  away: StudyAway.nullable().default(null),
  wait: StudyWait.default({ seconds: 120, grace_seconds: 30, on_timeout: 'release', bot: null, code: null }),
})
export type StudyArm = z.infer<typeof StudyArm>

/** The slots of an arm that participants take. */
export const participantSlots = ({ players }: Pick<StudyArm, 'players'>): number[] =>
  players.flatMap((player, slot) => (player === 'participant' ? [slot] : []))

/** How a participant waits for others. Durations, since clocks of devices differ. */
export const WaitingRoom = z.strictObject({
  waited_ms: z.int().min(0),
  /** Until `on_timeout` happens. */
  left_ms: z.int().min(0),
  /** People in the room who still look for a group, the caller included. */
  present: z.int().min(0),
  /** People in a group. */
  size: z.int().min(1),
  on_timeout: z.enum(['bot', 'release']),
})
export type WaitingRoom = z.infer<typeof WaitingRoom>

/** The episode that a participant plays: what the slot's page and socket need. The token is the participant's alone. */
export const StudySlot = z.strictObject({
  episode_id: z.string(),
  world: z.string(),
  slot: z.int().min(0),
  token: z.string(),
  /** Slots of participants that a bot plays now, because they have disappeared. */
  stand_ins: z.array(z.int()),
})
export type StudySlot = z.infer<typeof StudySlot>

/**
 * Why an episode ended for a participant. A participant who played to the end or to the time limit has completed the
 * assignment.
 */
export const EXIT_REASONS = [
  'game_completed',
  'time_limit',
  'left',
  'replaced',
  'never_came',
  'episode_failed',
  'not_started',
  'server_lost',
] as const
export type ExitReason = (typeof EXIT_REASONS)[number]

/** One participant's part in an episode of a study, as exports have it. */
export const SlotRecord = z.strictObject({
  assignment_id: z.string(),
  episode_id: z.string(),
  arm: z.string(),
  world: z.string(),
  variant: z.string().nullable(),
  seed: Seed,
  slot: z.int(),
  /**
   * By slot: `participant`, or the name of a bot or model. `participant > greedy@240` if a bot took over at step 240.
   */
  players: z.array(z.string()),
  consent_version: z.string().nullable(),
  exit_reason: z.enum(EXIT_REASONS).nullable(),
  score: z.number().nullable(),
  outcome: EpisodeOutcome.nullable(),
  results: Results.nullable(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
})
export type SlotRecord = z.infer<typeof SlotRecord>
