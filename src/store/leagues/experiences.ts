// Experience requests in the store: batches of episodes that players ask for. Their episodes are rows beside those of
// rounds, with `experience_id` set, so that everything that is kept of an episode is found in the same way.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { StoreTransaction } from '../tables.ts'
import { type EpisodeRecord, toEpisode } from './rows.ts'
import type { ExperienceRequestTable } from './tables.ts'

/** Requests of one player that have not ended, and episodes of all requests that have not. */
export const MAX_OPEN_PER_PLAYER = 5
export const MAX_OPEN_EPISODES = 5000
/** Ended requests that are kept for each player. */
export const KEPT_PER_PLAYER = 200

export const EXPERIENCE_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
export type ExperienceStatus = (typeof EXPERIENCE_STATUSES)[number]

/** How many episodes of a request are where. */
export interface EpisodeCounts {
  readonly all: number
  readonly waiting: number
  readonly running: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

export interface ExperienceRecord {
  readonly id: string
  /** Null: the operator. */
  readonly playerId: string | null
  readonly world: string
  readonly variantId: string
  /** Changes the variant. */
  readonly config: JsonObject
  readonly target: JsonObject
  readonly notes: string | null
  readonly createdAt: number
  readonly endedAt: number | null
  readonly cancelledAt: number | null
  readonly startedAt: number | null
  readonly counts: EpisodeCounts
  /** The error of its newest failed episode. */
  readonly error: string | null
}

/** One episode of a new request. */
export interface PlannedEpisode {
  readonly lineup: readonly string[]
  readonly seed: number
}

export type NewExperience = Pick<ExperienceRecord, 'playerId' | 'world' | 'variantId' | 'config' | 'target' | 'notes'>

export class Experiences {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * Adds a request with all its episodes.
   * @throws AppError RATE_LIMITED at MAX_OPEN_PER_PLAYER and MAX_OPEN_EPISODES
   */
  async add(request: NewExperience, episodes: readonly PlannedEpisode[]): Promise<ExperienceRecord> {
    const id = randomUUID()
    const now = this.#now()
    await this.#store.transaction(async (tx) => {
      await this.#checkRoom(tx, request.playerId, episodes.length)
      await tx
        .insertInto('experience_requests')
        .values({
          experience_id: id,
          player_id: request.playerId,
          world: request.world,
          variant_id: request.variantId,
          config: storedText(writeJsonColumn(request.config)),
          target: storedText(writeJsonColumn(request.target)),
          notes: request.notes === null ? null : storedText(request.notes),
          created_at: now,
          ended_at: null,
          cancelled_at: null,
        })
        .execute()
      const rows = episodes.map(({ lineup, seed }, index) => ({
        episode_id: randomUUID(),
        round_id: id,
        experience_id: id,
        // Digits of one length, so that they sort.
        request_id: String(index).padStart(4, '0'),
        variant_id: request.variantId,
        seed,
        lineup: writeJsonColumn([...lineup]),
        game_config: null,
        status: 'pending',
        scores: null,
        error: null,
        error_info: null,
        journal: null,
        hash: null,
        created_at: now,
        started_at: null,
        ended_at: null,
      }))
      await tx.insertInto('league_episodes').values(rows).execute()
    })
    return this.get(id)
  }

  async #checkRoom(tx: StoreTransaction, playerId: string | null, added: number): Promise<void> {
    // Of two concurrent requests of one player, the second waits here and sees the request of the first.
    const owner = tx.updateTable('league_players').set(({ ref }) => ({ name: ref('name') }))
    if (playerId !== null) await owner.where('player_id', '=', playerId).execute()
    const open = await tx.selectFrom('experience_requests').select('player_id').where('ended_at', 'is', null).execute()
    const own = open.filter(({ player_id: id }) => id === playerId).length
    if (playerId !== null && own >= MAX_OPEN_PER_PLAYER) {
      throw new AppError('RATE_LIMITED', `you have ${own} experience requests that have not ended`, {
        hint: 'Wait for one to end, or cancel it: paracosm coworld xp-request cancel <id>',
      })
    }
    const waiting = await tx
      .selectFrom('league_episodes')
      .innerJoin('experience_requests', 'experience_requests.experience_id', 'league_episodes.round_id')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('experience_requests.ended_at', 'is', null)
      .where('league_episodes.status', '=', 'pending')
      .executeTakeFirst()
    if (Number(waiting?.count ?? 0) + added <= MAX_OPEN_EPISODES) return
    throw new AppError('RATE_LIMITED', `the server has ${waiting?.count} episodes of experience requests to play`, {
      hint: 'Try again when some of them have ended.',
    })
  }

  /** @throws AppError UNKNOWN_EPISODE */
  async get(id: string): Promise<ExperienceRecord> {
    const [found] = await this.#read([id])
    if (found) return found
    throw new AppError('UNKNOWN_EPISODE', `there is no experience request ${id}`, {
      hint: 'List yours with: paracosm coworld xp-request list',
    })
  }

  /** Newest first. @param playerId undefined: everyone's */
  async list(
    playerId: string | undefined,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly entries: readonly ExperienceRecord[]; readonly total: number }> {
    let query = this.#store.db.selectFrom('experience_requests')
    if (playerId !== undefined) query = query.where('player_id', '=', playerId)
    const counted = await query.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
    const rows = await query
      .select('experience_id')
      .orderBy('created_at', 'desc')
      .orderBy('experience_id')
      .limit(limit)
      .offset(offset)
      .execute()
    const entries = await this.#read(rows.map((row) => row.experience_id))
    return { entries, total: Number(counted?.count ?? 0) }
  }

  /** In the order of the ids. */
  async #read(ids: readonly string[]): Promise<ExperienceRecord[]> {
    if (ids.length === 0) return []
    const rows = await this.#store.db
      .selectFrom('experience_requests')
      .selectAll()
      .where('experience_id', 'in', [...ids])
      .execute()
    const episodes = await this.#store.db
      .selectFrom('league_episodes')
      .select(['round_id', 'status', 'started_at', 'error'])
      .where('round_id', 'in', [...ids])
      .orderBy('ended_at')
      .execute()
    const byId = new Map(rows.map((row) => [row.experience_id, row]))
    return ids.flatMap((id) => {
      const row = byId.get(id)
      return row
        ? [
            toExperience(
              row,
              episodes.filter(({ round_id: of }) => of === id),
            ),
          ]
        : []
    })
  }

  /** In the order in which they were planned. */
  async episodes(id: string): Promise<EpisodeRecord[]> {
    const rows = await this.#store.db
      .selectFrom('league_episodes')
      .selectAll()
      .where('round_id', '=', id)
      .orderBy('request_id')
      .execute()
    return rows.map(toEpisode)
  }

  /** Notes that an episode is being played. */
  async begin(episodeId: string): Promise<void> {
    await this.#store.db
      .updateTable('league_episodes')
      .set({ started_at: this.#now() })
      .where('episode_id', '=', episodeId)
      .where('status', '=', 'pending')
      .execute()
  }

  /** Ends a request whose episodes have all ended. True: this call has ended it. */
  async finish(id: string): Promise<boolean> {
    const done = await sql<{ experience_id: string }>`
      update experience_requests set ended_at = ${this.#now()}
      where experience_id = ${id} and ended_at is null and not exists (
        select 1 from league_episodes where round_id = ${id} and status = 'pending')
      returning experience_id`.execute(this.#store.db)
    return done.rows.length > 0
  }

  /**
   * Ends a request, and cancels its episodes that have not ended.
   * @returns their ids; empty: all episodes had ended
   */
  cancel(id: string): Promise<string[]> {
    return this.#store.transaction(async (tx) => {
      const now = this.#now()
      const request = tx.updateTable('experience_requests').where('experience_id', '=', id)
      const done = await request.set({ ended_at: now }).where('ended_at', 'is', null).executeTakeFirst()
      if (done.numUpdatedRows === 0n) return []
      const gone = await tx
        .updateTable('league_episodes')
        .set({ status: 'cancelled', ended_at: now })
        .where('round_id', '=', id)
        .where('status', '=', 'pending')
        .returning('episode_id')
        .execute()
      if (gone.length > 0) await request.set({ cancelled_at: now }).execute()
      return gone.map((row) => row.episode_id)
    })
  }

  /** Ids of the requests that have not ended, oldest first. */
  async open(): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('experience_requests')
      .select('experience_id')
      .where('ended_at', 'is', null)
      .orderBy('created_at')
      .execute()
    return rows.map((row) => row.experience_id)
  }

  /** Removes the oldest ended requests of a player beyond KEPT_PER_PLAYER. @returns the ids of their episodes */
  async prune(playerId: string | null): Promise<string[]> {
    const ended = this.#store.db
      .selectFrom('experience_requests')
      .select('experience_id')
      .where('ended_at', 'is not', null)
      .where('player_id', playerId === null ? 'is' : '=', playerId)
    const old = await ended.orderBy('created_at', 'desc').limit(KEPT_PER_PLAYER).offset(KEPT_PER_PLAYER).execute()
    const ids = old.map((row) => row.experience_id)
    if (ids.length === 0) return []
    return this.#store.transaction(async (tx) => {
      const gone = await tx.deleteFrom('league_episodes').where('round_id', 'in', ids).returning('episode_id').execute()
      await tx.deleteFrom('experience_requests').where('experience_id', 'in', ids).execute()
      return gone.map((row) => row.episode_id)
    })
  }
}

interface EpisodeFacts {
  readonly status: string
  readonly started_at: number | null
  readonly error: string | null
}

function toExperience(row: ExperienceRequestTable, episodes: readonly EpisodeFacts[]): ExperienceRecord {
  const count = (is: (facts: EpisodeFacts) => boolean): number => episodes.filter(is).length
  const starts = episodes.flatMap(({ started_at: at }) => (at === null ? [] : [Number(at)]))
  return {
    id: row.experience_id,
    playerId: row.player_id,
    world: row.world,
    variantId: row.variant_id,
    config: readJsonColumn(JsonObject, row.config, 'config'),
    target: readJsonColumn(JsonObject, row.target, 'target'),
    notes: row.notes,
    createdAt: Number(row.created_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    cancelledAt: row.cancelled_at === null ? null : Number(row.cancelled_at),
    startedAt: starts.length === 0 ? null : Math.min(...starts),
    counts: {
      all: episodes.length,
      waiting: count(({ status, started_at: at }) => status === 'pending' && at === null),
      running: count(({ status, started_at: at }) => status === 'pending' && at !== null),
      completed: count(({ status }) => status === 'completed'),
      failed: count(({ status }) => status === 'failed'),
      cancelled: count(({ status }) => status === 'cancelled'),
    },
    error: episodes.findLast(({ status, error }) => status === 'failed' && error !== null)?.error ?? null,
  }
}

/** A request is what its episodes are. */
export function statusOf({ cancelledAt, counts }: ExperienceRecord): ExperienceStatus {
  if (cancelledAt !== null) return 'cancelled'
  const { all, waiting, running, completed, failed } = counts
  if (waiting === all) return 'pending'
  if (waiting + running > 0) return 'running'
  return completed === 0 && failed > 0 ? 'failed' : 'completed'
}
