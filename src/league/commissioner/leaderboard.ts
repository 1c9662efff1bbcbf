// Leaderboards: the weighted mean of recent rounds, per player; and a rating, per policy (contract sections 9.5, 9.7).
import { shownRating } from '../../evaluation/statistics/plackett-luce.ts'
import type {
  DivisionRanking,
  RankDivisionRequest,
  RoundSummary,
  StoredResult,
} from '../../protocol/commissioner-requests.ts'
import { compareText } from './entrants.ts'
import { normalInstant, parseInstant } from './instants.ts'
import { type RatedResult, rateRounds } from './skill.ts'

const HOUR = 3_600_000

const roundOf = (results: readonly StoredResult[], isCounted: (result: StoredResult) => boolean) => {
  const byRound = new Map<string, StoredResult[]>()
  for (const result of results) {
    if (!isCounted(result)) continue
    const known = byRound.get(result.round_id)
    if (known) known.push(result)
    else byRound.set(result.round_id, [result])
  }
  return byRound
}

/** Highest score, then lowest rank. */
const better = (one: StoredResult, other: StoredResult): StoredResult =>
  other.score > one.score || (other.score === one.score && other.rank < one.rank) ? other : one

const hasScores = ({ result_metadata: metadata }: StoredResult): boolean => metadata?.ranked_score_count !== 0

/** Results of the league's current score kind; undefined: of any kind. */
const isOfKind =
  (kind: string | undefined) =>
  ({ result_metadata: metadata }: StoredResult): boolean =>
    kind === undefined || metadata?.score_kind === kind

interface Standing {
  weighted: number
  weight: number
  rounds: number
  name: string | null
  readonly policies: Set<string>
}

/**
 * The weighted mean of each player's best results; the weight is halved for each `halfLifeHours` before the newest
 * round.
 */
export function rankByMean(
  request: RankDivisionRequest,
  { halfLifeHours, kind }: { readonly halfLifeHours: number; readonly kind?: string | undefined },
): DivisionRanking[] {
  const rounds = request.completed_rounds.map((round) => ({ round, at: instantOf(round) }))
  const newest = Math.max(...rounds.map(({ at }) => at))
  const results = roundOf(request.round_results, (result) => hasScores(result) && isOfKind(kind)(result))
  const standings = new Map<string, Standing>()
  for (const { round, at } of rounds) {
    const weight = 0.5 ** ((newest - at) / (halfLifeHours * HOUR))
    for (const [player, best] of bestByPlayer(results.get(round.id) ?? [])) {
      const known = standings.get(player) ?? { weighted: 0, weight: 0, rounds: 0, name: null, policies: new Set() }
      known.weighted += best.score * weight
      known.weight += weight
      known.rounds++
      known.name ??= best.player_name
      known.policies.add(best.policy_version_id)
      standings.set(player, known)
    }
  }
  const rows = [...standings].map(([player, standing]) => ({
    player,
    ...standing,
    score: standing.weight === 0 ? 0 : standing.weighted / standing.weight,
  }))
  rows.sort((a, b) => b.score - a.score || compareText(a.name ?? '', b.name ?? '') || compareText(a.player, b.player))
  return rows.map((row, index) => ({
    player_id: row.player,
    player_name: row.name,
    rank: index + 1,
    score: row.score,
    rounds_played: row.rounds,
    policy_version_ids: [...row.policies],
    ...recentRounds(request, (round) => bestByPlayer(results.get(round) ?? []).get(row.player)),
  }))
}

/** A row's results in the recent rounds that the platform requested; absent if it requested none. */
function recentRounds(
  { recent_rounds: rounds }: RankDivisionRequest,
  resultOf: (roundId: string) => StoredResult | undefined,
): Pick<DivisionRanking, 'recent_rounds'> {
  if (rounds.length === 0) return {}
  return {
    recent_rounds: rounds.map((round) => {
      const result = resultOf(round.id)
      const instant = (text: string | null | undefined): string | null => (text ? normalInstant(text) : null)
      return {
        id: round.public_id ?? round.id,
        round_number: round.round_number,
        status: round.status,
        rank: result?.rank ?? null,
        score: result?.score ?? null,
        started_at: instant(round.started_at),
        completed_at: instant(round.completed_at),
      }
    }),
  }
}

const instantOf = ({ completed_at: completed, started_at: started }: RoundSummary): number =>
  parseInstant(completed ?? started ?? '')

function bestByPlayer(results: readonly StoredResult[]): Map<string, StoredResult> {
  const best = new Map<string, StoredResult>()
  for (const result of results) {
    const { player_id: player } = result
    if (player === null) continue
    const known = best.get(player)
    best.set(player, known ? better(known, result) : result)
  }
  return best
}

/** By rating: placed policies first, then by the displayed rating. */
export function rankByRating(request: RankDivisionRequest, kind: string | undefined): DivisionRanking[] {
  const results = roundOf(request.round_results, isOfKind(kind))
  const rounds = request.completed_rounds
    .toSorted((a, b) => instantOf(a) - instantOf(b) || a.round_number - b.round_number)
    .map(({ id }) =>
      (results.get(id) ?? []).map(
        (result): RatedResult => ({
          policyVersionId: result.policy_version_id,
          playerId: result.player_id,
          rank: result.rank,
          score: result.score,
        }),
      ),
    )
  const names = new Map(request.round_results.map((result) => [result.policy_version_id, result.player_name]))
  const rows = [...rateRounds(rounds)].map(([policyVersionId, skill]) => ({
    policyVersionId,
    ...skill,
    shown: shownRating(skill.rating),
  }))
  rows.sort(
    (a, b) =>
      Number(b.isPlaced) - Number(a.isPlaced) || b.shown - a.shown || compareText(a.policyVersionId, b.policyVersionId),
  )
  return rows.map((row, index) => ({
    player_id: row.playerId,
    player_name: names.get(row.policyVersionId) ?? null,
    rank: index + 1,
    score: row.shown,
    rounds_played: row.rounds,
    policy_version_ids: [row.policyVersionId],
    ...recentRounds(request, (round) =>
      results.get(round)?.find(({ policy_version_id: id }) => id === row.policyVersionId),
    ),
  }))
}
