// Reads the data of leaderboards, up to a million results.
import { sql } from 'kysely'
import { inLanes } from '../../lib/lanes.ts'
import type { Store } from '../store.ts'
import { type EpisodeRecord, type ResultRecord, type RoundRecord, readMetadata, toEpisode } from './rows.ts'

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
/** Results per page: about 30 ms of work. */
const PAGE = 20_000
/** Pages read at the same time: the store reads one while the other is converted. */
const LANES = 2

interface RoundRange {
  readonly first: string
  readonly last: string
}

/** The results of a round as one text: a JSON array of rows is a third of the work of as many objects between threads. */
interface PackedRound {
  readonly round_id: string
  readonly results: string
}

/** A result in a packed round: its score is a text with every digit, and metadata `{}`, which most have, is null. */
type PackedResult = readonly [
  policy: string,
  player: string | null,
  rank: number,
  score: string,
  metadata: string | null,
]

/** Turns packed rounds into records. Ids and metadata repeat, so each distinct text is kept or parsed once. */
function recordsOf(divisionId: string): (round: PackedRound) => ResultRecord[] {
  const texts = new Map<string, string>()
  const parsed = new Map<string, ResultRecord['metadata']>()
  const once = (text: string): string => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, text)
    return text
  }
  const metadataOf = (json: string): ResultRecord['metadata'] => {
    const metadata = parsed.get(json) ?? readMetadata(json)
    if (parsed.size < MAX_PARSED) parsed.set(json, metadata)
    return metadata
  }
  return ({ round_id: roundId, results }) => {
    // Written by the query below a moment ago: a check of a million rows would take longer than the rest.
    const packed: readonly PackedResult[] = JSON.parse(results)
    return packed.map(([policy, player, rank, score, metadata]) => ({
      roundId,
      divisionId,
      policyVersionId: once(policy),
      playerId: player === null ? null : once(player),
      rank,
      score: Number(score),
      metadata: metadataOf(metadata ?? '{}'),
    }))
  }
}

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
    return {
      results: await this.#results(divisionId),
      rounds: rounds.map((round) => ({
        id: round.round_id,
        number: Number(round.round_number),
        createdAt: Number(round.created_at),
        startedAt: round.started_at === null ? null : Number(round.started_at),
        completedAt: round.completed_at === null ? null : Number(round.completed_at),
      })),
    }
  }

  /** All results of a division, read in pages, so that a long table never stalls the server. */
  async #results(divisionId: string): Promise<ResultRecord[]> {
    const toRecord = recordsOf(divisionId)
    const ranges = await this.#ranges(divisionId)
    const pages: ResultRecord[][] = []
    await inLanes(ranges.entries(), LANES, async ([index, range]) => {
      pages[index] = (await this.#page(divisionId, range)).flatMap(toRecord)
    })
    return pages.flat()
  }

  /** First and last round of each page. */
  async #ranges(divisionId: string): Promise<RoundRange[]> {
    const rounds = await this.#store.db
      .selectFrom('league_results')
      .select(({ fn }) => ['round_id', fn.countAll<number | string>().as('results')])
      .where('division_id', '=', divisionId)
      .groupBy('round_id')
      .orderBy('round_id')
      .execute()
    const ranges: RoundRange[] = []
    let [first, size] = ['', 0]
    for (const [index, { round_id: id, results }] of rounds.entries()) {
      if (size === 0) first = id
      size += Number(results)
      if (size < PAGE && index < rounds.length - 1) continue
      ranges.push({ first, last: id })
      size = 0
    }
    return ranges
  }

  async #page(divisionId: string, { first, last }: RoundRange): Promise<readonly PackedRound[]> {
    const values = { policy: sql.ref('policy_version_id'), metadata: sql`nullif(metadata, '{}')` }
    // Both databases write numbers that are too short into JSON: a score goes as a text.
    const results =
      this.#store.kind === 'sqlite'
        ? sql`json_group_array(json_array(${values.policy}, player_id, rank, printf('%!.17g', score), ${values.metadata}))`
        : sql`json_agg(json_build_array(${values.policy}, player_id, rank, score::text, ${values.metadata})
            order by ${values.policy})::text`
    const { rows } = await sql<PackedRound>`select round_id, ${results} as results from (
        select * from league_results
        where division_id = ${divisionId} and round_id >= ${first} and round_id <= ${last}
        order by round_id, policy_version_id
      ) as page group by round_id order by round_id`.execute(this.#store.db)
    return rows
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
