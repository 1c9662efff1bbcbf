// Confidence of a leaderboard row: the spread of a player’s round results around their mean, or that of its rating.
import type { DivisionRanking, RankDivisionRequest } from '../protocol/commissioner-requests.ts'

/** A row with the bounds of its 95 % interval; null: fewer than two rounds. */
export interface RankedRow extends DivisionRanking {
  readonly low: number | null
  readonly high: number | null
}

/** Standard errors on each side of a 95 % interval. */
const NORMAL = 1.96

interface Sums {
  count: number
  sum: number
  squares: number
}

/** Adds to the score of each row plus and minus 1.96 standard errors of the mean of its policies’ round results. */
export function withIntervals(request: RankDivisionRequest, rankings: readonly DivisionRanking[]): RankedRow[] {
  const byPolicy = new Map<string, Sums>()
  for (const { policy_version_id: id, score } of request.round_results) {
    const known = byPolicy.get(id)
    if (known) {
      known.count++
      known.sum += score
      known.squares += score * score
    } else byPolicy.set(id, { count: 1, sum: score, squares: score * score })
  }
  return rankings.map((row) => {
    const total: Sums = { count: 0, sum: 0, squares: 0 }
    for (const id of row.policy_version_ids) {
      const own = byPolicy.get(id)
      if (!own) continue
      total.count += own.count
      total.sum += own.sum
      total.squares += own.squares
    }
    if (total.count < 2) return { ...row, low: null, high: null }
    const mean = total.sum / total.count
    const variance = Math.max(0, (total.squares - total.count * mean * mean) / (total.count - 1))
    const reach = NORMAL * Math.sqrt(variance / total.count)
    return { ...row, low: row.score - reach, high: row.score + reach }
  })
}
