// Reads the data of leaderboards in one pass, up to a million results.
import type { Store } from '../store.ts'
import { bareResult, type EpisodeRecord, type ResultRecord, type RoundRecord, toEpisode, toResult } from './rows.ts'

/** When a round was played. */
export type RoundTimes = Pick<RoundRecord, 'id' | 'number' | 'createdAt' | 'startedAt' | 'completedAt'>

/** A result of one policy version, with its round. */
export interface PolicyResult {
  readonly roundId: string
  readonly roundNumber: number
  readonly divisionId: string
  readonly completedAt: number
  readonly rank: number
  readonly score: number
}

/** Maximum number of distinct metadata values cached while results are read. */
const MAX_PARSED = 10_000

export class Leaderboards {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The data of a leaderboard, without the documents of the rounds, up to a million results. */
  async rows(divisionId: string): Promise<{ rounds: RoundTimes[]; results: ResultRecord[] }> {
    const rounds = await this.#store.db
      .selectFrom('league_rounds')
      .select(['round_id', 'round_number', 'started_at', 'completed_at', 'created_at'])
      .where('division_id', '=', divisionId)
      .where('status', '=', 'completed')
      .orderBy('round_number', 'desc')
      .execute()
    const rows = await this.#store.db
      .selectFrom('league_results')
      .selectAll()
      .where('division_id', '=', divisionId)
      .execute()
    // Metadata repeats, so each distinct text is parsed once.
    const parsed = new Map<string, ResultRecord['metadata']>()
    const results = rows.map((row) => {
      const known = parsed.get(row.metadata)
      if (known) return { ...bareResult(row), metadata: known }
      const result = toResult(row)
      if (parsed.size < MAX_PARSED) parsed.set(row.metadata, result.metadata)
      return result
    })
    return {
      results,
      rounds: rounds.map((round) => ({
        id: round.round_id,
        number: Number(round.round_number),
        createdAt: Number(round.created_at),
        startedAt: round.started_at === null ? null : Number(round.started_at),
        completedAt: round.completed_at === null ? null : Number(round.completed_at),
      })),
    }
  }

  /** Completed episodes of the newest completed rounds of a division. @param rounds how many rounds, 1 or more */
  async recentEpisodes(divisionId: string, rounds: number): Promise<EpisodeRecord[]> {
    const recent = await this.#store.db
      .selectFrom('league_rounds')
      .select('round_id')
      .where('division_id', '=', divisionId)
      .where('status', '=', 'completed')
      .orderBy('round_number', 'desc')
      .limit(rounds)
      .execute()
    return this.episodesOf(recent.map((round) => round.round_id))
  }

  /** The newest results of a policy version in the completed rounds of a league, oldest first. */
  async policyResults(leagueId: string, versionId: string, limit: number): Promise<PolicyResult[]> {
    const rows = await this.#store.db
      .selectFrom('league_results')
      .innerJoin('league_rounds', 'league_rounds.round_id', 'league_results.round_id')
      .select([
        'league_results.round_id',
        'league_results.division_id',
        'league_results.rank',
        'league_results.score',
        'league_rounds.round_number',
        'league_rounds.completed_at',
        'league_rounds.created_at',
      ])
      .where('league_results.policy_version_id', '=', versionId)
      .where('league_rounds.league_id', '=', leagueId)
      .where('league_rounds.status', '=', 'completed')
      .orderBy('league_rounds.round_number', 'desc')
      .orderBy('league_results.division_id')
      .limit(limit)
      .execute()
    return rows.toReversed().map((row) => ({
      roundId: row.round_id,
      roundNumber: Number(row.round_number),
      divisionId: row.division_id,
      completedAt: Number(row.completed_at ?? row.created_at),
      rank: Number(row.rank),
      score: Number(row.score),
    }))
  }

  /** Completed episodes of some rounds. */
  async episodesOf(ids: readonly string[]): Promise<EpisodeRecord[]> {
    if (ids.length === 0) return []
    const rows = await this.#store.db
      .selectFrom('league_episodes')
      .selectAll()
      .where('round_id', 'in', [...ids])
      .where('status', '=', 'completed')
      .execute()
    return rows.map(toEpisode)
  }

  /** The number and end of a division's newest completed round: a leaderboard changes only when these do. */
  async newestCompleted(divisionId: string): Promise<string> {
    const row = await this.#store.db
      .selectFrom('league_rounds')
      .select(['round_number', 'completed_at'])
      .where('division_id', '=', divisionId)
      .where('status', '=', 'completed')
      .orderBy('round_number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? `${row.round_number}/${row.completed_at}` : ''
  }
}
