// The figures of one policy version of a league, from its results and the episodes of its newest rounds.
import type { PolicyMatch, PolicyRound } from '../protocol/league-policy.ts'
import type { PolicyResult } from '../store/leagues/leaderboards.ts'
import type { EpisodeRecord } from '../store/leagues/rows.ts'
import { shareOf } from './world-board.ts'

/** Standard errors on each side of a 95 % interval. */
const Z = 1.96

const iso = (at: number): string => new Date(at).toISOString()

/** Results with the running mean and its interval. @param results oldest first */
export function roundsOf(results: readonly PolicyResult[]): PolicyRound[] {
  let sum = 0
  let squares = 0
  return results.map((result, index) => {
    const count = index + 1
    sum += result.score
    squares += result.score ** 2
    const mean = sum / count
    const variance = count < 2 ? 0 : Math.max(0, (squares - count * mean * mean) / (count - 1))
    const half = Z * Math.sqrt(variance / count)
    return {
      round_id: `round_${result.roundId}`,
      round_number: result.roundNumber,
      division_id: `div_${result.divisionId}`,
      completed_at: iso(result.completedAt),
      rank: result.rank,
      score: result.score,
      mean,
      low: count < 2 ? null : mean - half,
      high: count < 2 ? null : mean + half,
    }
  })
}

/** A match, with ids of versions in place of their objects. */
export interface Match extends Omit<PolicyMatch, 'opponents'> {
  readonly opponents: readonly string[]
}

/** The episodes of a policy version against others, in the order given. @param numbers of rounds, by id */
export function matchesOf(
  version: string,
  episodes: readonly EpisodeRecord[],
  numbers: ReadonlyMap<string, number>,
): Match[] {
  return episodes.flatMap((episode): Match[] => {
    const best = bestScores(episode)
    const score = best.get(version)
    best.delete(version)
    if (score === undefined || best.size === 0) return []
    const other = Math.max(...best.values())
    return [
      {
        episode: episode.journal === null ? null : `league-${episode.id}`,
        round_id: `round_${episode.roundId}`,
        round_number: numbers.get(episode.roundId) ?? 0,
        ended_at: iso(episode.endedAt ?? episode.createdAt),
        outcome: outcomeOf(score, other),
        score,
        best_other: other,
        opponents: [...best.keys()],
      },
    ]
  })
}

/** The won match with the largest lead; of equal ones the newest. */
export function bestOf(matches: readonly Match[]): Match | undefined {
  const lead = ({ score, best_other }: Match): number => score - best_other
  return matches
    .filter(({ outcome, episode }) => outcome === 'won' && episode !== null)
    .toSorted((a, b) => lead(b) - lead(a) || b.ended_at.localeCompare(a.ended_at))[0]
}

export interface Opponent {
  readonly version: string
  readonly won: number
  readonly drawn: number
  readonly lost: number
  readonly share: ReturnType<typeof shareOf>
}

/** Every other version that it has met, the hardest first. */
export function opponentsOf(version: string, episodes: readonly EpisodeRecord[]): Opponent[] {
  const tallies = new Map<string, { won: number; drawn: number; lost: number }>()
  for (const episode of episodes) {
    const best = bestScores(episode)
    const own = best.get(version)
    if (own === undefined) continue
    for (const [id, score] of best) {
      if (id === version) continue
      const tally = tallies.get(id) ?? { won: 0, drawn: 0, lost: 0 }
      tally[outcomeOf(own, score)]++
      tallies.set(id, tally)
    }
  }
  return [...tallies]
    .map(([id, tally]) => {
      const { won, drawn, lost } = tally
      return { version: id, ...tally, share: shareOf(won + drawn / 2, won + drawn + lost) }
    })
    .toSorted((a, b) => a.share.value - b.share.value || b.lost - a.lost)
}

const outcomeOf = (own: number, other: number): 'won' | 'drawn' | 'lost' =>
  own > other ? 'won' : own < other ? 'lost' : 'drawn'

/** The best score of each policy version of an episode. */
function bestScores({ request, scores }: EpisodeRecord): Map<string, number> {
  const best = new Map<string, number>()
  for (const [slot, score] of (scores ?? []).entries()) {
    const id = request.policy_version_ids[slot]
    if (id !== undefined) best.set(id, Math.max(best.get(id) ?? Number.NEGATIVE_INFINITY, score))
  }
  return best
}
