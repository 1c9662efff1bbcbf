// One match of the Plackett-Luce rating (Weng and Lin 2011, algorithm 4), as OpenSkill computes it. Every entrant is a
// team of one. `openskill` is the oracle of the tests.
import { at } from '../../kernel/at.ts'

export interface Rating {
  readonly mu: number
  readonly sigma: number
}

export const RATING_MU = 25
export const RATING_SIGMA = RATING_MU / 3
const BETA_SQUARED = (RATING_SIGMA / 2) ** 2
const KAPPA = 0.0001
/** Uncertainty that is added before each match, because skills change. */
export const RATING_TAU = RATING_MU / 300

export const newRating = (): Rating => ({ mu: RATING_MU, sigma: RATING_SIGMA })

/** The displayed rating: a skill that the policy almost certainly has. */
export const shownRating = ({ mu, sigma }: Rating): number => mu - 3 * sigma

/**
 * The ratings after one match, in the same order.
 * @param ranks one per rating; lower is better, and equal ranks are a tie
 * @param tau uncertainty added to each sigma before the match
 */
export function rateMatch(ratings: readonly Rating[], ranks: readonly number[], tau = RATING_TAU): Rating[] {
  const before = ratings.map(({ mu, sigma }) => ({ mu, variance: sigma * sigma + tau * tau }))
  const c = Math.sqrt(before.reduce((sum, { variance }) => sum + variance + BETA_SQUARED, 0))
  const strength = before.map(({ mu }) => Math.exp(mu / c))
  // For each place q: the total strength of all entrants at q or below, and how many share the place.
  const below = ranks.map((rank) => strength.reduce((sum, each, s) => (at(ranks, s) >= rank ? sum + each : sum), 0))
  const tied = ranks.map((rank) => ranks.filter((other) => other === rank).length)
  return before.map(({ mu, variance }, i) => {
    let omega = 0
    let delta = 0
    for (const [q, rank] of ranks.entries()) {
      if (rank > at(ranks, i)) continue
      const quotient = at(strength, i) / at(below, q)
      omega += (i === q ? 1 - quotient : -quotient) / at(tied, q)
      delta += (quotient * (1 - quotient)) / at(tied, q)
    }
    const gamma = Math.sqrt(variance) / c
    const shrink = 1 - (gamma * delta * variance) / (c * c)
    return {
      mu: mu + (variance / c) * omega,
      sigma: Math.sqrt(variance) * Math.sqrt(Math.max(shrink, KAPPA)),
    }
  })
}

/** Ranks by score: the best has rank 1, and equal scores share a rank. */
export function ranksOf(scores: readonly number[]): number[] {
  return scores.map((score) => 1 + scores.filter((other) => other > score).length)
}
