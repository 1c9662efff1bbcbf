// Players: their records, their access keys, and (separate, encrypted) their personal data.
import { randomBytes } from 'node:crypto'
import type { Selectable, Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import { readJsonColumn, writeJsonColumn } from '../columns.ts'
import { isUniqueViolation } from '../faults.ts'
import { fromInstant } from '../sessions/rows.ts'
import type { PlayerTable } from '../sessions/tables.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { checkAccessKey, createAccessKey, hashAccessKey } from './access-key.ts'
import { requireCurrent } from './personal-key.ts'
import { splitPlayer } from './split.ts'
import type { Vault } from './vault.ts'

/** The public view of a player: no key, and no personal data. */
export interface Player {
  /** 24 hex digits; ids of imported players may differ. */
  readonly playerId: string
  readonly fields: JsonObject
  readonly createdAt: string
  readonly lastKeyIssuedAt: string | null
  /** `none`: no key was issued; `revoked`: the key is no longer valid. */
  readonly key: 'none' | 'valid' | 'revoked'
}

export interface NewPlayer {
  /** One value or form field per name, as in the registration, without personal data. */
  readonly fields: JsonObject
  /** Generate a key, and return it only this once. */
  readonly issuesKey?: boolean
  /** Use this key instead. */
  readonly key?: string
}

/** Maximum length of a player's record as JSON, in characters. */
export const MAX_PLAYER_CHARACTERS = 200_000
/** Players per page. */
const MAX_PAGE = 1000

export class Players {
  readonly #store: Store
  readonly #vault: Vault | undefined
  readonly #now: () => number

  /** @param vault optional for callers that neither write nor read personal data */
  constructor(store: Store, vault: Vault | undefined, now: () => number = Date.now) {
    this.#store = store
    this.#vault = vault
    this.#now = now
  }

  /**
   * @returns the id, and the generated key, if any, which is not shown again
   * @throws AppError VALIDATION_ERROR (both kinds of key, a record that is too long, an invalid date), KEY_INVALID,
   * KEY_TAKEN, PII_KEY_INVALID (personal data, but no vault)
   */
  create(player: NewPlayer): Promise<{ playerId: string; key: string | null }> {
    return this.#create(player, (work) => this.#store.transaction(work))
  }

  /** The same within the caller's transaction. */
  createIn(tx: Transaction<Tables>, player: NewPlayer): Promise<{ playerId: string; key: string | null }> {
    return this.#create(player, (work) => work(tx))
  }

  async #create(
    { fields, issuesKey = false, key }: NewPlayer,
    within: (work: (tx: Transaction<Tables>) => Promise<void>) => Promise<void>,
  ): Promise<{ playerId: string; key: string | null }> {
    if (issuesKey && key !== undefined) {
      throw new AppError('VALIDATION_ERROR', 'a player gets a new key or the given one, not both')
    }
    if (JSON.stringify(fields).length > MAX_PLAYER_CHARACTERS) {
      throw new AppError('VALIDATION_ERROR', `the record of a player has at most ${MAX_PLAYER_CHARACTERS} characters`)
    }
    const made = issuesKey ? createAccessKey() : null
    const given = made ?? (key === undefined ? null : checkAccessKey(key))
    const now = this.#now()
    const playerId = createObjectId(now)
    const { created_at, last_key_issued_at, ...rest } = withoutKeys(fields)
    const { fields: kept, personal } = splitPlayer(rest)
    const row = {
      player_id: playerId,
      key_hash: given === null ? null : hashAccessKey(given),
      key_revoked: 0,
      last_key_issued_at: given === null ? (readMoment(last_key_issued_at, 'last_key_issued_at') ?? null) : now,
      created_at: readMoment(created_at, 'created_at') ?? now,
      fields: writeJsonColumn(kept),
      extra: null,
    }
    await refusingTaken(() =>
      within(async (tx) => {
        await tx.insertInto('players').values(row).execute()
        if (Object.keys(personal).length > 0) await this.#seal(tx, playerId, personal)
      }),
    )
    return { playerId, key: made }
  }

  async #seal(tx: Transaction<Tables>, playerId: string, fields: JsonObject): Promise<void> {
    const now = this.#now()
    const vault = this.#needVault()
    await requireCurrent(tx, this.#store.kind, vault)
    const sealed = vault.seal(playerId, JSON.stringify({ fields }))
    await tx
      .insertInto('personal_data')
      .values({ player_id: playerId, sealed, created_at: now, updated_at: now })
      .execute()
  }

  /** The owner of a key; undefined for an unknown or revoked key. Surrounding blanks are ignored. */
  async findByKey(key: string): Promise<Player | undefined> {
    const row = await this.#store.db
      .selectFrom('players')
      .selectAll()
      .where('key_hash', '=', hashAccessKey(key))
      .where('key_revoked', '=', 0)
      .executeTakeFirst()
    return row && fromRow(row)
  }

  async get(playerId: string): Promise<Player | undefined> {
    const row = await this.#store.db
      .selectFrom('players')
      .selectAll()
      .where('player_id', '=', playerId)
      .executeTakeFirst()
    return row && fromRow(row)
  }

  /** Players, ordered by id, up to 1,000. @param after the last id of the previous page */
  async list({ after = '', limit = MAX_PAGE }: { after?: string; limit?: number } = {}): Promise<Player[]> {
    const rows = await this.#store.db
      .selectFrom('players')
      .selectAll()
      .where('player_id', '>', after)
      .orderBy('player_id')
      .limit(Math.min(limit, MAX_PAGE))
      .execute()
    return rows.map(fromRow)
  }

  async count(): Promise<number> {
    const row = await this.#store.db
      .selectFrom('players')
      .select((each) => each.fn.countAll().as('count'))
      .executeTakeFirst()
    return Number(row?.count ?? 0)
  }

  /**
   * Replaces a player's key, and returns the new key only this once.
   * @throws AppError UNKNOWN_PLAYER
   */
  async issueKey(playerId: string): Promise<string> {
    const key = createAccessKey()
    await this.setKey(playerId, key)
    return key
  }

  /** @throws AppError KEY_INVALID, KEY_TAKEN, UNKNOWN_PLAYER */
  async setKey(playerId: string, key: string): Promise<void> {
    const key_hash = hashAccessKey(checkAccessKey(key))
    const changed = await refusingTaken(() =>
      this.#store.db
        .updateTable('players')
        .set({ key_hash, key_revoked: 0, last_key_issued_at: this.#now() })
        .where('player_id', '=', playerId)
        .executeTakeFirst(),
    )
    if (changed.numUpdatedRows === 0n) throw unknown(playerId)
  }

  /** Revokes the key. @throws AppError UNKNOWN_PLAYER */
  async revokeKey(playerId: string): Promise<void> {
    const changed = await this.#store.db
      .updateTable('players')
      .set({ key_revoked: 1 })
      .where('player_id', '=', playerId)
      .executeTakeFirst()
    if (changed.numUpdatedRows === 0n) throw unknown(playerId)
  }

  /** The personal data of a player, by field; empty if there is none. */
  async personal(playerId: string): Promise<JsonObject> {
    const row = await this.#store.db
      .selectFrom('personal_data')
      .select('sealed')
      .where('player_id', '=', playerId)
      .executeTakeFirst()
    if (!row) return {}
    const { fields } = readJsonColumn(JsonObject, this.#needVault().open(playerId, row.sealed), 'personal data')
    return JsonObject.safeParse(fields).data ?? {}
  }

  /** Removes a player and the personal data; the sessions stay. @returns whether the player existed */
  async remove(playerId: string): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      await tx.deleteFrom('personal_data').where('player_id', '=', playerId).execute()
      const gone = await tx.deleteFrom('players').where('player_id', '=', playerId).executeTakeFirst()
      return gone.numDeletedRows > 0n
    })
  }

  #needVault(): Vault {
    if (this.#vault) return this.#vault
    throw new AppError('PII_KEY_INVALID', 'personal data cannot be stored or read without its key')
  }
}

/** An id in the format of the original's database: seconds since 1970, then random bits; 24 hex digits. */
export function createObjectId(now: number): string {
  const seconds = Math.floor(now / 1000) % 2 ** 32
  return `${seconds.toString(16).padStart(8, '0')}${randomBytes(8).toString('hex')}`
}

/** The fields may not contain an access key or its hash. */
function withoutKeys(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('access_key')))
}

function readMoment(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isFinite(ms)) return ms
  throw new AppError('VALIDATION_ERROR', `${name} must be a date such as 2026-04-21T10:00:00Z`)
}

async function refusingTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (isUniqueViolation(cause)) throw new AppError('KEY_TAKEN', 'another player has this access key', { cause })
    throw cause
  }
}

function fromRow(row: Selectable<PlayerTable>): Player {
  return {
    playerId: row.player_id,
    fields: readJsonColumn(JsonObject, row.fields, 'fields'),
    createdAt: fromInstant(row.created_at),
    lastKeyIssuedAt: row.last_key_issued_at === null ? null : fromInstant(row.last_key_issued_at),
    key: row.key_hash === null ? 'none' : row.key_revoked === 0 ? 'valid' : 'revoked',
  }
}

const unknown = (playerId: string): AppError => new AppError('UNKNOWN_PLAYER', `there is no player ${playerId}`)
