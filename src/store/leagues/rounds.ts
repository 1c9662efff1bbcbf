// Rounds, their episodes and results in the store. An episode is settled once, and a round completes once. All
// consequences of a completion are written with it.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { RoundComplete, RoundStart, ScheduledEpisode } from '../../protocol/commissioner.ts'
import type { ProposedRound } from '../../protocol/commissioner-requests.ts'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import { Leaderboards } from './leaderboards.ts'
import type { Leagues } from './leagues.ts'
import {
  type EpisodeRecord,
  type ResultRecord,
  type RoundRecord,
  type RoundStatus,
  toEpisode,
  toResult,
  toRound,
} from './rows.ts'

const OPEN: readonly RoundStatus[] = ['pending', 'claimed', 'running']
/** Maximum number of rounds removed by one pruning. */
const PRUNED_ROUNDS = 500
/** Rows per statement, 7 parameters each; SQLite allows 32,766. */
const ROWS_PER_STATEMENT = 1000

export class Rounds {
  readonly leaderboards: Leaderboards
  readonly #store: Store
  readonly #leagues: Leagues
  readonly #now: () => number

  constructor(store: Store, leagues: Leagues, now: () => number = Date.now) {
    this.leaderboards = new Leaderboards(store)
    this.#store = store
    this.#leagues = leagues
    this.#now = now
  }

  /**
   * Adds a round with the next number of its league, unless the division has an unfinished one.
   * @returns undefined if the division has an unfinished round
   */
  create(leagueId: string, proposed: ProposedRound): Promise<RoundRecord | undefined> {
    return this.#store.transaction(async (tx) => {
      // Of two concurrent calls, the second waits here and then sees the round of the first.
      const league = tx.updateTable('leagues').set(({ ref }) => ({ rounds: ref('rounds') }))
      await league.where('league_id', '=', leagueId).execute()
      const open = await tx
        .selectFrom('league_rounds')
        .select('round_id')
        .where('division_id', '=', proposed.division_id)
        .where('status', 'in', [...OPEN])
        .executeTakeFirst()
      if (open) return undefined
      const counted = await tx
        .updateTable('leagues')
        .set(({ eb }) => ({ rounds: eb('rounds', '+', 1) }))
        .where('league_id', '=', leagueId)
        .returning('rounds')
        .executeTakeFirstOrThrow()
      const row = {
        round_id: randomUUID(),
        league_id: leagueId,
        division_id: proposed.division_id,
        round_number: Number(counted.rounds),
        status: 'pending',
        backend: proposed.execution_backend,
        round_config: writeJsonColumn(proposed.round_config),
        round_start: null,
        round_display: null,
        error: null,
        created_at: this.#now(),
        started_at: null,
        completed_at: null,
      }
      await tx.insertInto('league_rounds').values(row).execute()
      return toRound(row)
    })
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
   */
  complete(round: RoundRecord, complete: RoundComplete): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const done = await tx
        .updateTable('league_rounds')
        .set({
          status: 'completed',
          round_display: complete.round_display && storedText(JSON.stringify(complete.round_display)),
          completed_at: this.#now(),
          error: null,
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
      await this.#moveMembers(tx, round, complete)
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

  async #moveMembers(
    tx: Parameters<Leagues['changeMembership']>[0],
    { id: roundId }: RoundRecord,
    complete: RoundComplete,
  ): Promise<void> {
    const actor = 'commissioner'
    const events = complete.policy_membership_events ?? []
    const changed = new Set(events.map((event) => event.league_policy_membership_id))
    for (const event of events) {
      const isOut = event.to_division_id === null
      await this.#leagues.changeMembership(
        tx,
        event.league_policy_membership_id,
        {
          ...(isOut ? { isActive: false } : { divisionId: event.to_division_id }),
          status: event.status,
          substatus: event.substatus,
          // A member that is promoted as a champion competes as a champion from then on.
          ...(event.substatus === 'champion' ? { isChampion: true } : {}),
        },
        { actor, reason: event.reason, roundId, evidence: event.evidence },
      )
    }
    for (const change of complete.membership_changes ?? []) {
      changed.add(change.membership_id)
      const patch = change.is_active
        ? { divisionId: change.to_division_id, status: 'competing', substatus: 'active', isChampion: true }
        : { isActive: false, status: 'disqualified', substatus: 'inactive' }
      await this.#leagues.changeMembership(tx, change.membership_id, patch, { actor, reason: change.reason, roundId })
    }
    for (const { membership_id: id, to_division_id: divisionId, reason } of complete.graduation_changes) {
      if (changed.has(id)) continue
      await this.#leagues.changeMembership(tx, id, { divisionId, status: 'competing' }, { actor, reason, roundId })
    }
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
