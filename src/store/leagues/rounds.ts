// Rounds, their episodes and results in the store. An episode is settled once, and a round completes once. All
// consequences of a completion are written with it.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { RoundComplete, RoundStart, ScheduledEpisode } from '../../protocol/commissioner.ts'
import type { ProposedRound } from '../../protocol/commissioner-requests.ts'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import { Aftermaths } from './aftermaths.ts'
import { applyDecisions } from './decisions.ts'
import { Leaderboards } from './leaderboards.ts'
import type { Leagues } from './leagues.ts'
import { insertRound, OPEN } from './new-rounds.ts'
import { type EpisodeRecord, type ResultRecord, type RoundRecord, toEpisode, toResult, toRound } from './rows.ts'

/** Maximum number of rounds removed by one pruning. */
const PRUNED_ROUNDS = 500
/** Rows per statement, 7 parameters each; SQLite allows 32,766. */
const ROWS_PER_STATEMENT = 1000

export class Rounds {
  readonly leaderboards: Leaderboards
  readonly aftermaths: Aftermaths
  readonly #store: Store
  readonly #leagues: Leagues
  readonly #now: () => number

  constructor(store: Store, leagues: Leagues, now: () => number = Date.now) {
    this.leaderboards = new Leaderboards(store)
    this.aftermaths = new Aftermaths(store, now)
    this.#store = store
    this.#leagues = leagues
    this.#now = now
  }

  /**
   * Adds a round with the next number of its league.
   * @returns undefined if the division has an unfinished round, or is no division in use of the league
   */
  create(leagueId: string, proposed: ProposedRound): Promise<RoundRecord | undefined> {
    return this.#store.transaction((tx) => insertRound({ tx, now: this.#now() }, leagueId, { proposed }))
  }

  /** Rounds that are not over, or whose commissioner is still to be asked what follows. */
  async unfinished(leagueId: string): Promise<RoundRecord[]> {
    // Two queries, so that each has an index: this is asked every few seconds, of leagues with any number of rounds.
    const all = this.#store.db.selectFrom('league_rounds').selectAll().where('league_id', '=', leagueId)
    const open = await all.where('status', 'in', [...OPEN]).execute()
    const asked = await all.where('aftermath', '=', 'pending').execute()
    return [...open, ...asked].map(toRound).sort((a, b) => a.number - b.number)
  }

  /** The worlds that rounds play, by round. */
  async worlds(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#store.db
      .selectFrom('league_rounds')
      .innerJoin('leagues', 'leagues.league_id', 'league_rounds.league_id')
      .select(['round_id', 'world'])
      .where('round_id', 'in', [...ids])
      .execute()
    return new Map(rows.map((row) => [row.round_id, row.world]))
  }

  /** @throws AppError UNKNOWN_LEAGUE */
  async get(id: string): Promise<RoundRecord> {
    const row = await this.#store.db
      .selectFrom('league_rounds')
      .selectAll()
      .where('round_id', '=', id)
      .executeTakeFirst()
    if (row) return toRound(row)
    throw new AppError('UNKNOWN_LEAGUE', `there is no round ${id}`)
  }

  /** Newest first. */
  async list(
    filters: {
      readonly leagueId?: string | undefined
      readonly divisionId?: string | undefined
      readonly status?: string | undefined
    },
    { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
  ): Promise<{ entries: RoundRecord[]; total: number }> {
    let query = this.#store.db.selectFrom('league_rounds')
    if (filters.leagueId !== undefined) query = query.where('league_id', '=', filters.leagueId)
    if (filters.divisionId !== undefined) query = query.where('division_id', '=', filters.divisionId)
    if (filters.status !== undefined) query = query.where('status', '=', filters.status)
    const counted = await query.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
    const rows = await query
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('round_number', 'desc')
      .limit(limit)
      .offset(offset)
      .execute()
    return { entries: rows.map(toRound), total: Number(counted?.count ?? 0) }
  }

  /** Stores the start message for the commissioner, so that a restarted round gets the same one. */
  async begin(id: string, start: RoundStart): Promise<RoundStart['type'] | undefined> {
    const done = await this.#store.db
      .updateTable('league_rounds')
      .set({ status: 'running', round_start: storedText(JSON.stringify(start)), started_at: this.#now() })
      .where('round_id', '=', id)
      .where('round_start', 'is', null)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n ? start.type : undefined
  }

  /** The episode of a request, created if it does not exist. Another line-up under the same id replaces it. */
  async episode(roundId: string, request: ScheduledEpisode, seed: number): Promise<EpisodeRecord> {
    const lineup = JSON.stringify(request.policy_version_ids)
    const gameConfig = request.game_config ? JSON.stringify(request.game_config) : null
    return this.#store.transaction(async (tx) => {
      const known = await tx
        .selectFrom('league_episodes')
        .selectAll()
        .where('round_id', '=', roundId)
        .where('request_id', '=', request.request_id)
        .executeTakeFirst()
      const isSame =
        known?.lineup === lineup && known.variant_id === request.variant_id && known.game_config === gameConfig
      if (known && isSame) return toEpisode(known)
      if (known) await tx.deleteFrom('league_episodes').where('episode_id', '=', known.episode_id).execute()
      const row = {
        episode_id: randomUUID(),
        round_id: roundId,
        request_id: storedText(request.request_id),
        variant_id: request.variant_id,
        seed,
        lineup,
        game_config: gameConfig,
        status: 'pending',
        scores: null,
        error: null,
        error_info: null,
        experience_id: null,
        journal: null,
        hash: null,
        created_at: this.#now(),
        started_at: null,
        ended_at: null,
      }
      await tx.insertInto('league_episodes').values(row).execute()
      return toEpisode(row)
    })
  }

  async findEpisode(id: string): Promise<EpisodeRecord | undefined> {
    const row = await this.#store.db
      .selectFrom('league_episodes')
      .selectAll()
      .where('episode_id', '=', id)
      .executeTakeFirst()
    return row && toEpisode(row)
  }

  /** Settles an episode. False: it was already settled or removed, and nothing was changed. */
  async settle(
    id: string,
    result: Pick<EpisodeRecord, 'status' | 'scores' | 'error' | 'journal' | 'hash'> & {
      readonly errorInfo?: EpisodeRecord['errorInfo']
    },
  ): Promise<boolean> {
    const done = await this.#store.db
      .updateTable('league_episodes')
      .set({
        status: result.status,
        scores: result.scores && JSON.stringify(result.scores),
        error: result.error && storedText(result.error),
        error_info: result.errorInfo ? JSON.stringify(result.errorInfo) : null,
        journal: result.journal,
        hash: result.hash,
        ended_at: this.#now(),
      })
      .where('episode_id', '=', id)
      .where('status', '=', 'pending')
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }

  /** In the order in which they were scheduled. */
  async episodes(roundId: string): Promise<EpisodeRecord[]> {
    const rows = await this.#store.db
      .selectFrom('league_episodes')
      .selectAll()
      .where('round_id', '=', roundId)
      .orderBy('created_at')
      .orderBy('episode_id')
      .execute()
    return rows.map(toEpisode)
  }

  /** Episodes of all rounds, newest first. */
  async latestEpisodes({
    limit,
    offset,
  }: {
    readonly limit: number
    readonly offset: number
  }): Promise<EpisodeRecord[]> {
    const rows = await this.#store.db
      .selectFrom('league_episodes')
      .selectAll()
      .where('experience_id', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('episode_id')
      .limit(limit)
      .offset(offset)
      .execute()
    return rows.map(toEpisode)
  }

  /**
   * Removes the oldest ended rounds, with their episodes, results and events.
   * @returns the journals that are no longer referenced
   */
  async prune(leagueId: string, keep: number): Promise<string[]> {
    const old = await this.#store.db
      .selectFrom('league_rounds')
      .select('round_id')
      .where('league_id', '=', leagueId)
      .where('status', 'in', ['completed', 'failed'])
      .orderBy('round_number', 'desc')
      .limit(PRUNED_ROUNDS)
      .offset(keep)
      .execute()
    const ids = old.map(({ round_id: id }) => id)
    if (ids.length === 0) return []
    return this.#store.transaction(async (tx) => {
      const gone = await tx.deleteFrom('league_episodes').where('round_id', 'in', ids).returning('journal').execute()
      await tx.deleteFrom('league_results').where('round_id', 'in', ids).execute()
      await tx.deleteFrom('league_events').where('round_id', 'in', ids).execute()
      await tx.deleteFrom('league_rounds').where('round_id', 'in', ids).execute()
      return gone.flatMap(({ journal }) => (journal === null ? [] : [journal]))
    })
  }

  /**
   * Stores rankings, membership changes and the state in one transaction, once. False: the round was already completed.
   * @param hasAftermath the commissioner is asked afterwards what follows
   */
  complete(round: RoundRecord, complete: RoundComplete, { hasAftermath = false } = {}): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const done = await tx
        .updateTable('league_rounds')
        .set({
          status: 'completed',
          round_display: complete.round_display && storedText(JSON.stringify(complete.round_display)),
          completed_at: this.#now(),
          error: null,
          aftermath: hasAftermath ? 'pending' : null,
        })
        .where('round_id', '=', round.id)
        .where('status', 'in', [...OPEN])
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) return false
      const rows = complete.results.flatMap(({ division_id, rankings }) =>
        rankings.map((each) => ({
          round_id: round.id,
          division_id,
          policy_version_id: each.policy_version_id,
          player_id: each.player_id,
          rank: each.rank,
          score: each.score,
          metadata: storedText(writeJsonColumn(each.result_metadata)),
        })),
      )
      for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
        await tx
          .insertInto('league_results')
          .values(rows.slice(from, from + ROWS_PER_STATEMENT))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
      const decisions = {
        events: complete.policy_membership_events ?? [],
        changes: complete.membership_changes ?? [],
        graduations: complete.graduation_changes,
      }
      const scope = { leagueId: round.leagueId, actor: 'commissioner', roundId: round.id }
      await applyDecisions({ tx, now: this.#now() }, decisions, scope)
      await tx
        .updateTable('leagues')
        .set({ state: storedText(writeJsonColumn(complete.state)) })
        .where('league_id', '=', round.leagueId)
        .execute()
      await this.#leagues.addEvent(tx, {
        leagueId: round.leagueId,
        divisionId: round.divisionId,
        roundId: round.id,
        type: 'round_completed',
        actor: 'commissioner',
        headline: `Round ${round.number} is complete`,
        summary: `${rows.length} policies were ranked.`,
        payload: { round_number: round.number },
      })
      return true
    })
  }

  async fail(round: RoundRecord, error: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const done = await tx
        .updateTable('league_rounds')
        .set({ status: 'failed', error: storedText(error), completed_at: this.#now() })
        .where('round_id', '=', round.id)
        .where('status', 'in', [...OPEN])
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) return
      await this.#leagues.addEvent(tx, {
        leagueId: round.leagueId,
        divisionId: round.divisionId,
        roundId: round.id,
        type: 'round_failed',
        actor: 'platform',
        headline: `Round ${round.number} has failed`,
        summary: error,
        payload: { round_number: round.number },
      })
    })
  }

  /** Results of the completed rounds of a division, best first in each round. */
  async results(filters: { readonly divisionId?: string; readonly roundId?: string }): Promise<ResultRecord[]> {
    let query = this.#store.db.selectFrom('league_results').selectAll().orderBy('round_id').orderBy('rank')
    if (filters.divisionId !== undefined) query = query.where('division_id', '=', filters.divisionId)
    if (filters.roundId !== undefined) query = query.where('round_id', '=', filters.roundId)
    return (await query.execute()).map(toResult)
  }
}
