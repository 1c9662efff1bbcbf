// Wins, draws and losses of leaderboard rows in the episodes of recent rounds.
import type { EpisodeRecord } from '../store/leagues/rows.ts'

export interface Tally {
  readonly won: number
  readonly drawn: number
  readonly lost: number
}

/** Number of completed rounds in a tally: a few hundred episodes, which one query reads. */
export const TALLIED_ROUNDS = 20

/**
 * The tally of the policy versions of one row: their best slot against the best slot of all others. Episodes without
 * other policies, for instance when a policy plays itself, do not count.
 */
export function tallyOf(versions: readonly string[], episodes: readonly EpisodeRecord[]): Tally {
  const own = new Set(versions)
  const tally = { won: 0, drawn: 0, lost: 0 }
  for (const { request, scores } of episodes) {
    let mine = Number.NEGATIVE_INFINITY
    let theirs = Number.NEGATIVE_INFINITY
    for (const [slot, score] of (scores ?? []).entries()) {
      const id = request.policy_version_ids[slot]
      if (id !== undefined && own.has(id)) mine = Math.max(mine, score)
      else theirs = Math.max(theirs, score)
    }
    if (!Number.isFinite(mine) || !Number.isFinite(theirs)) continue
    tally[mine > theirs ? 'won' : mine < theirs ? 'lost' : 'drawn']++
  }
  return tally
}
