// Ratings over rounds: each round with two or more policies is one match of all against all, ordered by rank.

import { newRating, RATING_MU, type Rating, rateMatch } from '../../evaluation/statistics/plackett-luce.ts'
import { at } from '../../kernel/at.ts'

export interface RatedResult {
  readonly policyVersionId: string
  readonly playerId: string | null
  readonly rank: number
  readonly score: number
}

export interface Skill {
  readonly rating: Rating
  readonly playerId: string | null
  /** Rated rounds. */
  readonly rounds: number
  /** Whether its rating is meaningful: 5 rated rounds, or a start from its player's best rating. */
  readonly isPlaced: boolean
}

/** Rated rounds after which a policy is placed, and other policies of its player may start from its rating. */
export const PLACED_ROUNDS = 5

/** @param rounds oldest first */
export function rateRounds(rounds: readonly (readonly RatedResult[])[]): Map<string, Skill> {
  const skills = new Map<string, Skill>()
  /** The highest rating that each player ever had with a policy of 5 rounds. */
  const best = new Map<string, number>()
  for (const round of rounds) {
    const entrants = [...bestResults(round).values()]
    if (entrants.length < 2) continue
    const before = entrants.map(({ policyVersionId, playerId }) => {
      const known = skills.get(policyVersionId)
      if (known) return known
      const inherited = playerId === null ? undefined : best.get(playerId)
      const rating = { ...newRating(), mu: inherited ?? RATING_MU }
      return { rating, playerId, rounds: 0, isPlaced: inherited !== undefined }
    })
    const after = rateMatch(
      before.map(({ rating }) => rating),
      entrants.map(({ rank }) => rank),
    )
    for (const [index, { policyVersionId, playerId }] of entrants.entries()) {
      const skill = at(before, index)
      const played = skill.rounds + 1
      const rating = at(after, index)
      skills.set(policyVersionId, {
        rating,
        playerId: skill.playerId ?? playerId,
        rounds: played,
        isPlaced: skill.isPlaced || played >= PLACED_ROUNDS,
      })
      if (playerId !== null && played >= PLACED_ROUNDS) {
        best.set(playerId, Math.max(best.get(playerId) ?? Number.NEGATIVE_INFINITY, rating.mu))
      }
    }
  }
  return skills
}

/** One result per policy: the highest score, then the lowest rank; in the order of ranks. */
function bestResults(round: readonly RatedResult[]): Map<string, RatedResult> {
  const best = new Map<string, RatedResult>()
  for (const result of round) {
    const known = best.get(result.policyVersionId)
    const isBetter = !known || result.score > known.score || (result.score === known.score && result.rank < known.rank)
    if (isBetter) best.set(result.policyVersionId, result)
  }
  return new Map([...best].sort(([, a], [, b]) => a.rank - b.rank))
}
