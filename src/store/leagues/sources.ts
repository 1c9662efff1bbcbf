// Source archives uploaded by players: their location and owner.
import { AppError } from '../../kernel/errors.ts'
import type { Store } from '../store.ts'
import type { LeagueSourceTable } from './tables.ts'

export interface SourceRecord {
  readonly id: string
  readonly playerId: string | null
  readonly blob: string
  /** SHA-256 of the archive, in hex. */
  readonly hash: string
  readonly bytes: number
  readonly files: number
  readonly createdAt: number
}

/** Maximum number of stored archives per player, and their total size in bytes. */
export const MAX_SOURCES = 200
export const MAX_SOURCES_BYTES = 512 * 1024 * 1024

export class Sources {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** The player's archive with this content; undefined if there is none. */
  async find(playerId: string | null, hash: string): Promise<SourceRecord | undefined> {
    const query = this.#store.db.selectFrom('league_sources').selectAll().where('hash', '=', hash)
    const own = playerId === null ? query.where('player_id', 'is', null) : query.where('player_id', '=', playerId)
    const row = await own.executeTakeFirst()
    return row && toSource(row)
  }

  /** @throws AppError UNKNOWN_UPLOAD */
  async get(id: string): Promise<SourceRecord> {
    const row = await this.#store.db
      .selectFrom('league_sources')
      .selectAll()
      .where('source_id', '=', id)
      .executeTakeFirst()
    if (row) return toSource(row)
    throw new AppError('UNKNOWN_UPLOAD', `there is no uploaded source ${id}`)
  }

  /** @throws AppError RATE_LIMITED when the player has too many archives, or their total size is too large */
  async checkRoom(playerId: string | null): Promise<void> {
    if (playerId === null) return
    const row = await this.#store.db
      .selectFrom('league_sources')
      .select(({ fn }) => [fn.countAll().as('count'), fn.sum('size_bytes').as('bytes')])
      .where('player_id', '=', playerId)
      .executeTakeFirst()
    if (Number(row?.count ?? 0) < MAX_SOURCES && Number(row?.bytes ?? 0) < MAX_SOURCES_BYTES) return
    throw new AppError(
      'RATE_LIMITED',
      `a player keeps at most ${MAX_SOURCES} archives of ${MAX_SOURCES_BYTES} bytes in all`,
      {
        hint: 'Ask the operator of the server for room.',
      },
    )
  }

  async add(source: Omit<SourceRecord, 'createdAt'>): Promise<SourceRecord> {
    const row = {
      source_id: source.id,
      player_id: source.playerId,
      blob: source.blob,
      hash: source.hash,
      size_bytes: source.bytes,
      files: source.files,
      created_at: this.#now(),
    }
    await this.#store.db.insertInto('league_sources').values(row).execute()
    return toSource(row)
  }
}

const toSource = (row: LeagueSourceTable): SourceRecord => ({
  id: row.source_id,
  playerId: row.player_id,
  blob: row.blob,
  hash: row.hash,
  bytes: Number(row.size_bytes),
  files: row.files,
  createdAt: Number(row.created_at),
})
