// Derives the ranking of a round from its settlements.
import type { EpisodeResult, RoundRanking } from '../../protocol/commissioner.ts'
import type { StoredResult } from '../../protocol/commissioner-requests.ts'
import type { Settlement } from './commissioner.ts'
import { compareText, type Entrant } from './entrants.ts'

/** How scores of slots become scores of a round: their mean, their place in the episode, or whether they came first. */
export type RoundScoring = 'mean' | 'rank' | 'win'

export interface PolicyTally {
  /** Mean of the scores that count; 0 if none counts. */
  readonly score: number
  /** Episodes whose result names the policy. */
  readonly completed: number
  /** Scores in the mean. */
  readonly counted: number
  /** Plain mean over all of the policy's slots in all results, without exclusions. */
  readonly plainMean: number
}

/** The episode results among settlements, by numeric request id. */
export function resultsInOrder(settlements: ReadonlyMap<string, Settlement>): EpisodeResult[] {
  const results = [...settlements.values()].filter((each) => each.type === 'episode_result')
  const number = ({ request_id }: EpisodeResult): number => (/^\d+$/.test(request_id) ? Number(request_id) : Infinity)
  return results.sort((a, b) => {
    const [one, other] = [number(a), number(b)]
    return one === other ? compareText(a.request_id, b.request_id) : one - other
  })
}

export function tally(policyVersionId: string, results: readonly EpisodeResult[], scoring: RoundScoring): PolicyTally {
  const counted: number[] = []
  const plain: number[] = []
  let completed = 0
  for (const { scores } of results) {
    const own = scores.filter((each) => each.policy_version_id === policyVersionId)
    if (own.length > 0) completed++
    for (const { score } of own) {
      plain.push(score)
      const value = slotScore(score, { policyVersionId, scores, scoring })
      if (value !== undefined) counted.push(value)
    }
  }
  return { score: mean(counted), completed, counted: counted.length, plainMean: mean(plain) }
}

/** Undefined: the score does not count. */
function slotScore(
  score: number,
  {
    policyVersionId,
    scores,
    scoring,
  }: { policyVersionId: string; scores: EpisodeResult['scores']; scoring: RoundScoring },
): number | undefined {
  if (scoring === 'rank') return scores.length - scores.filter((other) => other.score > score).length
  if (scoring === 'win') return scores.some((other) => other.score > score) ? 0 : 1
  // A no-show opponent gets a negative score, and the neutral 0 of the others is meaningless.
  const isNeutral =
    score === 0 && scores.some((other) => other.score < 0 && other.policy_version_id !== policyVersionId)
  return isNeutral ? undefined : score
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Best first; ranks 1, 2, 3 without ties. */
export function rankEntrants(
  entrants: readonly Entrant[],
  results: readonly EpisodeResult[],
  { scoring, kind }: { readonly scoring: RoundScoring; readonly kind?: string | undefined },
): RoundRanking[] {
  const rows = entrants.map((entrant) => ({ entrant, ...tally(entrant.policyVersionId, results, scoring) }))
  rows.sort(
    (a, b) =>
      b.score - a.score ||
      a.entrant.seedOrder - b.entrant.seedOrder ||
      compareText(a.entrant.policyVersionId, b.entrant.policyVersionId),
  )
  return rows.map(({ entrant, score, completed, counted }, index) => ({
    policy_version_id: entrant.policyVersionId,
    player_id: entrant.playerId,
    rank: index + 1,
    score,
    result_metadata: {
      seed_order: entrant.seedOrder,
      completed_episode_count: completed,
      ranked_score_count: counted,
      ...(kind === undefined ? {} : { score_kind: kind }),
    },
  }))
}

/** The completed episodes of a stored result, from its metadata; 0 if it says nothing. */
export function completedEpisodes({ result_metadata: metadata }: Pick<StoredResult, 'result_metadata'>): number {
  const count = metadata?.completed_episode_count
  return typeof count === 'number' ? count : 0
}
