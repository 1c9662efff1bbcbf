// One policy version of a league: its rounds, opponents and matches, and what happened to it. Each figure names its episodes.
import { z } from 'zod'
import { CompetitionEvent, HostedDivision, HostedLeague, HostedPolicyVersion, MembershipDetail } from './hosted.ts'

/** A share of points with its 95 % interval. */
const Share = z.strictObject({ value: z.number(), low: z.number(), high: z.number() })

/** Its result in one round, and the mean of its rounds until then. */
export const PolicyRound = z.strictObject({
  round_id: z.string(),
  round_number: z.int(),
  division_id: z.string(),
  completed_at: z.string(),
  rank: z.int(),
  score: z.number(),
  mean: z.number(),
  /** The 95 % interval of the mean; null: the first round. */
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type PolicyRound = z.infer<typeof PolicyRound>

/** One episode against others. */
export const PolicyMatch = z.strictObject({
  /** The episode's id, for its page and its journal; null: its journal is not stored. */
  episode: z.string().nullable(),
  round_id: z.string(),
  round_number: z.int(),
  ended_at: z.string(),
  outcome: z.enum(['won', 'drawn', 'lost']),
  /** The best slot of the policy, and the best slot of all others. */
  score: z.number(),
  best_other: z.number(),
  opponents: z.array(HostedPolicyVersion),
})
export type PolicyMatch = z.infer<typeof PolicyMatch>

/** How it does against one other policy version, best slot against best slot. */
export const PolicyOpponent = z.strictObject({
  policy_version: HostedPolicyVersion,
  won: z.int(),
  drawn: z.int(),
  lost: z.int(),
  /** Won, and half of drawn, of all. */
  share: Share,
})
export type PolicyOpponent = z.infer<typeof PolicyOpponent>

export const PolicyFigures = z.strictObject({
  league: HostedLeague,
  policy_version: HostedPolicyVersion,
  /** In this league; the newest first. */
  memberships: z.array(MembershipDetail),
  /** Other versions of the same policy in this league. */
  versions: z.array(HostedPolicyVersion),
  divisions: z.array(HostedDivision),
  /** Oldest first; the newest of each policy, up to 1,000. */
  rounds: z.array(PolicyRound),
  /** Number of newest rounds that matches and opponents come from. */
  matched_rounds: z.int(),
  /** Hardest first. */
  opponents: z.array(PolicyOpponent),
  /** Newest first, up to 100. */
  matches: z.array(PolicyMatch),
  /** The won match with the largest lead; null: none was won. */
  best: PolicyMatch.nullable(),
  /** What happened to it, newest first, up to 50. */
  events: z.array(CompetitionEvent),
})
export type PolicyFigures = z.infer<typeof PolicyFigures>
