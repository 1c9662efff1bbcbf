// The list of all episodes. Start-up, pages and filters use it instead of reading journals. It can be rebuilt from
// them.
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { EpisodeStatus } from '../../protocol/catalogue.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import {
  checkPage,
  type EpisodeFilters,
  type EpisodePageRequest,
  formatCursor,
  selectEpisodes,
} from './episode-query.ts'
import { type EpisodeRecord, type EpisodeRow, fromEpisodeRow, playerNames, toEpisodeRow } from './rows.ts'

export interface EpisodeIndexPage {
  readonly entries: readonly EpisodeRecord[]
  /** How many episodes match the filters, on all pages. */
  readonly total: number
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
}

export type EpisodePatch = Partial<Omit<EpisodeRecord, 'id'>>

/** Rows per transaction of a rebuild. */
const REBUILD_BATCH = 200

const COLUMNS = [
  'episode_id',
  'status',
  'world_id',
  'world_version',
  'world_code',
  'variant',
  'seed',
  'players',
  'kind',
  'started_at',
  'ended_at',
  'steps',
  'outcome',
  'results',
  'hash',
  'problem',
  'journal',
  'parent_id',
  'attempts',
  'owner',
  'lease_until',
] as const satisfies readonly (keyof EpisodeRow)[]

export class EpisodeIndex {
  readonly #store: Store
  readonly #now: () => number

  /** @param now milliseconds since 1970, for leases */
  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** Adds an episode, or replaces its existing row. */
  async put(record: EpisodeRecord): Promise<void> {
    await this.#store.transaction((tx) => upsert(tx, [record]))
  }

  /**
   * Changes some fields of an episode.
   * @param owner when given, the change applies only while that server still owns the episode
   * @returns false: the episode does not exist, or another server owns it now
   */
  patch(id: string, changes: EpisodePatch, owner?: string): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const lock = this.#store.kind === 'postgres' ? sql`for update` : sql``
      const found = await sql<EpisodeRow>`
        select ${sql.join(COLUMNS.map((name) => sql.ref(name)))} from episodes where episode_id = ${id} ${lock}`.execute(
        tx,
      )
      const [row] = found.rows
      if (!row || (owner !== undefined && row.owner !== owner)) return false
      await upsert(tx, [{ ...fromEpisodeRow(row), ...changes }])
      return true
    })
  }

  async get(id: string): Promise<EpisodeRecord | undefined> {
    const row = await this.#store.db.selectFrom('episodes').selectAll().where('episode_id', '=', id).executeTakeFirst()
    return row && fromEpisodeRow(row)
  }

  /**
   * One page of the episodes that match all filters.
   * @throws AppError VALIDATION_ERROR for a limit, offset or cursor out of range
   */
  async list(filters: EpisodeFilters = {}, request: EpisodePageRequest = {}): Promise<EpisodeIndexPage> {
    const { limit, offset, orderBy, place } = checkPage(filters, request)
    const { from, where } = selectEpisodes(filters, place)
    const found = await sql<EpisodeRow>`select e.* from ${from} where ${where}
      order by ${orderBy} limit ${limit + 1} offset ${offset}`.execute(this.#store.db)
    const rows = found.rows.slice(0, limit)
    const last = rows.at(-1)
    const hasMore = found.rows.length > limit
    return {
      entries: rows.map(fromEpisodeRow),
      total: await this.count(filters),
      nextCursor: hasMore && last ? formatCursor(last[request.sort ?? 'started_at'], last.episode_id) : null,
    }
  }

  /** How many episodes match all filters. */
  async count(filters: EpisodeFilters = {}): Promise<number> {
    const { from, where } = selectEpisodes(filters)
    const found = await sql<{ count: number }>`select count(*) as count from ${from} where ${where}`.execute(
      this.#store.db,
    )
    return Number(found.rows[0]?.count ?? 0)
  }

  /** Removes an episode from the index. False: it does not exist. */
  async remove(id: string): Promise<boolean> {
    const result = await this.#store.db.deleteFrom('episodes').where('episode_id', '=', id).executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  /**
   * Ids of episodes with a status, ordered by id. Sweeps continue after the last id they received, so rows that keep
   * failing do not block them.
   */
  async idsWithStatus(status: EpisodeStatus, limit: number, after = ''): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('episodes')
      .select('episode_id')
      .where('status', '=', status)
      .where('episode_id', '>', after)
      .orderBy('episode_id')
      .limit(limit)
      .execute()
    return rows.map((row) => row.episode_id)
  }

  /**
   * Claims a live or unfinished episode for a server, and marks it live.
   * @returns false: the episode has ended, or another server's lease on it is still valid
   */
  async claim(id: string, owner: string, leaseMs: number): Promise<boolean> {
    const now = this.#now()
    const result = await this.#store.db
      .updateTable('episodes')
      .set({ status: 'live', owner, lease_until: now + leaseMs })
      .where('episode_id', '=', id)
      .where('status', 'in', ['live', 'unfinished'])
      .where((or) => or.or([or('owner', 'is', null), or('owner', '=', owner), or('lease_until', '<', now)]))
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Renews every lease of a server. Returns their number. */
  async renew(owner: string, leaseMs: number): Promise<number> {
    const result = await this.#store.db
      .updateTable('episodes')
      .set({ lease_until: this.#now() + leaseMs })
      .where('owner', '=', owner)
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  }

  /**
   * Marks live episodes without a server as unfinished: those of servers that died, and with `owner` all of that
   * server's. Call it at start-up and periodically.
   * @returns their number
   */
  async releaseLost(owner?: string): Promise<number> {
    const lost: RawBuilder<boolean> =
      owner === undefined
        ? sql`(owner is null or lease_until < ${this.#now()})`
        : sql`(owner is null or lease_until < ${this.#now()} or owner = ${owner})`
    const result = await this.#store.db
      .updateTable('episodes')
      .set({ status: 'unfinished', owner: null, lease_until: 0 })
      .where('status', '=', 'live')
      .where(lost)
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  }

  /**
   * Rebuilds the index: afterwards it contains these episodes, and those written in the meantime. An episode leased by
   * a server keeps its row. Memory is bounded, and no transaction is open while waiting for the source.
   * @returns the number of rows written, and the number removed
   */
  async replaceAll(records: AsyncIterable<EpisodeRecord> | Iterable<EpisodeRecord>): Promise<{
    written: number
    removed: number
  }> {
    const { db } = this.#store
    await db.updateTable('episodes').set({ is_stale: 1 }).where('lease_until', '<', this.#now()).execute()
    let written = 0
    let batch = new Map<string, EpisodeRecord>()
    const flush = async (): Promise<void> => {
      const rows = [...batch.values()]
      batch = new Map()
      if (rows.length > 0) await this.#store.transaction((tx) => upsert(tx, rows, this.#now()))
    }
    for await (const record of records) {
      written++
      batch.set(record.id, record)
      if (batch.size >= REBUILD_BATCH) await flush()
    }
    await flush()
    const result = await db.deleteFrom('episodes').where('is_stale', '=', 1).executeTakeFirst()
    return { written, removed: Number(result.numDeletedRows) }
  }
}

/**
 * Writes rows with the names of their players.
 * @param keepLeasedAt when given, rows whose lease is valid at this instant are not changed
 */
async function upsert(
  tx: Transaction<Tables>,
  records: readonly EpisodeRecord[],
  keepLeasedAt?: number,
): Promise<void> {
  const names = COLUMNS.map((name) => sql.ref(name))
  const values = records.map((record) => {
    const row = toEpisodeRow(record)
    return sql`(${sql.join([...COLUMNS.map((name) => row[name]), 0])})`
  })
  const changes = COLUMNS.slice(1).map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`)
  const unleased = keepLeasedAt === undefined ? sql`` : sql`where episodes.lease_until < ${keepLeasedAt}`
  const found = await sql<{ episode_id: string }>`
    insert into episodes (${sql.join([...names, sql.ref('is_stale')])}) values ${sql.join(values)}
    on conflict (episode_id) do update set ${sql.join(changes)}, is_stale = 0 ${unleased}
    returning episode_id`.execute(tx)
  const ids = found.rows.map((row) => row.episode_id)
  if (ids.length === 0) return
  await tx.deleteFrom('episode_players').where('episode_id', 'in', ids).execute()
  const written = new Set(ids)
  const players = records
    .filter((record) => written.has(record.id))
    .flatMap((record) =>
      playerNames(record.players).map((player) => ({
        player,
        episode_id: record.id,
        started_at: record.startedAt ?? 0,
      })),
    )
  for (let from = 0; from < players.length; from += PLAYERS_PER_STATEMENT) {
    await tx
      .insertInto('episode_players')
      .values(players.slice(from, from + PLAYERS_PER_STATEMENT))
      .execute()
  }
}

/** Three parameters per row; SQLite allows 32,766. */
const PLAYERS_PER_STATEMENT = 5000
