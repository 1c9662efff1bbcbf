// The settlement of an episode for a commissioner, and the random draws of a round's line-ups.
import { createRandom, nextBelow } from '../kernel/random.ts'
import type { EpisodeFailed, EpisodeResult, RoundComplete, RoundStart } from '../protocol/commissioner.ts'
import type { EpisodeRecord } from '../store/leagues/rows.ts'
import type { Draw } from './commissioner/commissioner.ts'

/** @param members the player of each policy version */
export function toSettlement(
  { request, scores, error }: EpisodeRecord,
  members: ReadonlyMap<string, string | null>,
): EpisodeResult | EpisodeFailed {
  const { request_id, policy_version_ids: ids } = request
  if (scores === null) return { type: 'episode_failed', request_id, error: error ?? 'the episode failed' }
  return {
    type: 'episode_result',
    request_id,
    scores: ids.flatMap((id, slot) => {
      const score = scores[slot]
      return score === undefined ? [] : [{ policy_version_id: id, player_id: members.get(id) ?? null, score }]
    }),
    game_results: { scores: [...scores] },
  }
}

/** Draws that are derived from the round, so that a restarted round has the same line-ups and seeds. */
export function drawOf(roundId: string): Draw {
  const random = createRandom(Number.parseInt(roundId.slice(0, 8), 16), `round:${roundId}`)
  return (bound) => nextBelow(random, bound)
}

/** Remote commissioners need not name players; the members are used to add them. */
export function withPlayers(complete: RoundComplete, { memberships }: RoundStart): RoundComplete {
  const players = new Map(memberships.map((member) => [member.policy_version_id, member.player_id]))
  const results = complete.results.map(({ division_id, rankings }) => ({
    division_id,
    rankings: rankings.map((each) => ({
      ...each,
      player_id: each.player_id ?? players.get(each.policy_version_id) ?? null,
    })),
  }))
  return { ...complete, results }
}
