// Evaluations: the specification, the outcome of each episode, and the report, as stored, printed by `eval --json`, and
// sent over HTTP. Every number of a report follows from the specification and the rows.
import { z } from 'zod'
import { Seed } from './episode.ts'
import { JsonObject } from './json.ts'

/** A name in tables: printable, short enough for a column. */
const Label = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{C}]+$/u, 'must be printable text')

/** The player behind a policy. Commands and images get the address of their socket in COGAMES_ENGINE_WS_URL. */
export const EvaluationPlayer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bot'), name: Label, bot: z.string().min(1).max(200) }),
  /** A line for the shell. */
  z.strictObject({ kind: z.literal('command'), name: Label, command: z.string().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('image'), name: Label, image: z.string().min(1).max(1000) }),
  /** A rule-based or random agent behind the perception adapter. */
  z.strictObject({ kind: z.literal('agent'), name: Label, policy: z.enum(['scripted', 'random']) }),
  /** A language model behind the perception adapter. */
  z.strictObject({ kind: z.literal('model'), name: Label, model: z.string().min(1).max(200) }),
])
export type EvaluationPlayer = z.infer<typeof EvaluationPlayer>

/** Maximum episodes of one evaluation: a report reads this many rows in seconds. */
export const MAX_EVALUATION_EPISODES = 1_000_000

/** The specification of an evaluation. It contains everything that determines the numbers of the report. */
export const EvaluationSpec = z.strictObject({
  world: z.string().min(1).max(1000),
  /** Variants to play, each on the same seeds. Empty: the world's first. */
  variants: z.array(z.string().min(1).max(200)).max(50).default([]),
  /** Overrides keys of every variant. */
  config: JsonObject.default({}),
  policies: z.array(EvaluationPlayer).min(1).max(100),
  /** When given, each policy plays against each of them, and not against other policies. */
  opponents: z.array(EvaluationPlayer).max(100).default([]),
  /** Minimum number of episodes. The last seed is always completed. */
  episodes: z.int().min(1).max(MAX_EVALUATION_EPISODES),
  /** Seeds of the episodes, the order of slots and the bootstrap follow from it. */
  seed: Seed.default(1),
  /** Steps per second, for players outside this process. */
  tick_rate: z.number().positive().max(60).default(20),
  /** Time limit of one episode, in seconds. */
  timeout_seconds: z.int().min(1).max(86_400).default(600),
  /** Stop as soon as every pair of policies is decided with this confidence; null: play all episodes. */
  until_decided: z.number().min(0.5).max(0.999_999).nullable().default(null),
  /** Total cost limit of models, in US dollars; null: no limit. */
  max_usd: z.number().positive().nullable().default(null),
})
export type EvaluationSpec = z.infer<typeof EvaluationSpec>

/** `failed`: a player, the world or its journal broke down. `timeout`: the episode took too long. */
export const EVALUATION_OUTCOMES = ['ok', 'failed', 'timeout'] as const

/** Model usage and cost. */
export const EvaluationSpend = z.strictObject({
  calls: z.int().min(0),
  tokens: z.int().min(0),
  cost_usd: z.number().min(0),
})
export type EvaluationSpend = z.infer<typeof EvaluationSpend>

/** The outcome of one planned episode. */
export const EvaluationRow = z.strictObject({
  /** Its place in the plan, from 0. */
  number: z.int().min(0),
  outcome: z.enum(EVALUATION_OUTCOMES),
  /** One per slot; null unless `ok`. */
  scores: z.array(z.number()).nullable(),
  steps: z.int().min(0),
  /** Name of its journal's blob, and the journal's last running hash; null: there is none. */
  journal: z.string().nullable(),
  hash: z.string().nullable(),
  /** Duration in milliseconds. */
  took_ms: z.int().min(0),
  /** Moves that the clock made, one number per slot. */
  timeouts: z.array(z.int().min(0)),
  error: z.strictObject({ code: z.string(), message: z.string(), slot: z.int().nullable() }).nullable(),
  spend: EvaluationSpend.nullable(),
})
export type EvaluationRow = z.infer<typeof EvaluationRow>

/** An estimate with its standard error and the ends of its 95 % interval. Null: too few episodes to tell. */
export const Estimate = z.strictObject({
  value: z.number(),
  standard_error: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type Estimate = z.infer<typeof Estimate>

export const EvaluatedPolicy = z.strictObject({
  name: z.string(),
  role: z.enum(['policy', 'opponent']),
  player: EvaluationPlayer,
  /** Number of counted episodes with this policy. */
  episodes: z.int(),
  score: Estimate.nullable(),
  wins: z.int(),
  draws: z.int(),
  losses: z.int(),
  /** Failed episodes that it caused, and failed episodes in which it merely took part. */
  failures: z.int(),
  failed_episodes: z.int(),
  /** Timed-out episodes in which it took part, and single moves that the clock made for it. */
  timeouts: z.int(),
  timed_out_moves: z.int(),
  /** In points of the Elo scale, the mean of all policies at 1000. */
  bradley_terry: Estimate.nullable(),
  /** `mu` and `sigma` as in OpenSkill; the interval is mu -+ 1.96 sigma. */
  plackett_luce: z.strictObject({ mu: z.number(), sigma: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Mean score in each variant, in the order of `variants`; null: not played there. */
  variants: z.array(z.number().nullable()),
})
export type EvaluatedPolicy = z.infer<typeof EvaluatedPolicy>

/** How often `policy` ranked above `opponent` in shared episodes; a draw counts half. */
export const EvaluatedPair = z.strictObject({
  policy: z.string(),
  opponent: z.string(),
  episodes: z.int(),
  wins: z.int(),
  draws: z.int(),
  losses: z.int(),
  win_probability: Estimate,
  /** Whether the sequential test has decided the pair; null: it was not requested. */
  decided: z.boolean().nullable(),
})
export type EvaluatedPair = z.infer<typeof EvaluatedPair>

export const EvaluationReport = z.strictObject({
  paracosm: z.literal('evaluation'),
  version: z.literal(1),
  id: z.string(),
  spec: EvaluationSpec,
  world: z.strictObject({ id: z.string(), version: z.string() }),
  variants: z.array(z.string()),
  /** How the policies are put into slots: every permutation, or rotations of a random order. */
  design: z.enum(['permutations', 'rotations', 'opponents']),
  seeds: z.int(),
  episodes_per_seed: z.int(),
  planned: z.int(),
  played: z.int(),
  /** Episodes that the figures are based on: complete seeds, without failures and timeouts. */
  counted: z.int(),
  failed: z.int(),
  timed_out: z.int(),
  /** Why it ended: everything was played, every pair was decided, or it was stopped. */
  ended: z.enum(['complete', 'decided', 'stopped', 'budget']),
  spend: EvaluationSpend.nullable(),
  policies: z.array(EvaluatedPolicy),
  pairs: z.array(EvaluatedPair),
  /** One sentence per figure: how it was computed. */
  methods: z.record(z.string(), z.string()),
})
export type EvaluationReport = z.infer<typeof EvaluationReport>

/** A job of an evaluation: the episodes from `from` to `to - 1`. */
export const EvaluationJob = z.strictObject({ from: z.int().min(0), to: z.int().min(1) })
export type EvaluationJob = z.infer<typeof EvaluationJob>

/** One evaluation in a list. */
export const EvaluationSummary = z.strictObject({
  id: z.string(),
  status: z.enum(['running', 'stopped', 'done']),
  world: z.strictObject({ id: z.string(), version: z.string() }),
  spec: EvaluationSpec,
  played: z.int().min(0),
  failed: z.int().min(0),
  timed_out: z.int().min(0),
  created_at: z.string(),
  ended_at: z.string().nullable(),
})
export type EvaluationSummary = z.infer<typeof EvaluationSummary>

/** One evaluation, with its report once it has ended. */
export const EvaluationDetail = EvaluationSummary.extend({ report: EvaluationReport.nullable() })
export type EvaluationDetail = z.infer<typeof EvaluationDetail>

/** One episode of an evaluation with its players. */
export const EvaluationEpisode = EvaluationRow.extend({
  /** The id for its page and its course; null: it has no journal. */
  episode: z.string().nullable(),
  /** The name of the policy of each slot; null: the world or a bot is no longer installed, so the plan is unknown. */
  players: z.array(z.string()).nullable(),
  variant: z.string().nullable(),
})
export type EvaluationEpisode = z.infer<typeof EvaluationEpisode>

/** A page of episodes, by number. */
export const EvaluationEpisodePage = z.strictObject({
  episodes: z.array(EvaluationEpisode),
  /** Continue after this number; null: there are no more. */
  next: z.int().nullable(),
})
export type EvaluationEpisodePage = z.infer<typeof EvaluationEpisodePage>
