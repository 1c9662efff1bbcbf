// Tokens with which players use the hosted API. A token is shown once; the store has only its SHA-256.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { storedText } from '../columns.ts'
import type { Store } from '../store.ts'

export interface TokenRecord {
  readonly id: string
  readonly playerId: string
  readonly playerName: string
  /** The operator's description of the token. */
  readonly label: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** The player identified by a token. */
export interface TokenOwner {
  readonly playerId: string
  readonly playerName: string
}

const PREFIX = 'pct-'
/** Random bytes of a token: 43 characters as base64url. */
const TOKEN_BYTES = 32
/** Maximum length of a label or of a player's name, in characters. */
const MAX_NAME = 80

/** Whether a text has the format of a league token. */
export const isLeagueToken = (text: string): boolean => text.startsWith(PREFIX)

const hashOf = (token: string): string => createHash('sha256').update(token.trim()).digest('hex')

export class LeagueTokens {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * Issues a token to the player with this name or id; an unknown name creates a player.
   * @param expiresAt milliseconds UTC; undefined: it does not expire
   * @throws AppError UNKNOWN_PLAYER for an unknown id, VALIDATION_ERROR
   */
  async issue(
    player: string,
    { label = '', expiresAt }: { readonly label?: string; readonly expiresAt?: number } = {},
  ): Promise<TokenRecord & { readonly token: string }> {
    for (const [what, text] of [
      ['the name of a player', player],
      ['a label', label],
    ] as const) {
      if (text.length <= MAX_NAME && !/\p{C}/u.test(text) && (what === 'a label' || text.trim() !== '')) continue
      throw new AppError('VALIDATION_ERROR', `${what} has 1 to ${MAX_NAME} printable characters`)
    }
    const token = `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`
    const id = randomUUID()
    const now = this.#now()
    const owner = await this.#store.transaction(async (tx) => {
      const wanted = player.replace(/^player_/, '')
      const known = await tx
        .selectFrom('league_players')
        .select(['player_id', 'name'])
        .where(({ eb, or }) => or([eb('player_id', '=', wanted), eb('name', '=', player)]))
        .orderBy('created_at')
        .executeTakeFirst()
      if (!known && player.startsWith('player_')) {
        throw new AppError('UNKNOWN_PLAYER', `there is no player ${player} in any league`)
      }
      const made = known ?? { player_id: randomUUID(), name: storedText(player) }
      if (!known)
        await tx
          .insertInto('league_players')
          .values({ ...made, created_at: now })
          .execute()
      await tx
        .insertInto('league_tokens')
        .values({
          token_id: id,
          token_hash: hashOf(token),
          player_id: made.player_id,
          label: storedText(label),
          created_at: now,
          expires_at: expiresAt ?? null,
          revoked_at: null,
        })
        .execute()
      return { playerId: made.player_id, playerName: made.name }
    })
    return { id, token, ...owner, label, createdAt: now, expiresAt: expiresAt ?? null, revokedAt: null }
  }

  /** The owner of a token; undefined if the token is unknown, expired or revoked. */
  async find(token: string): Promise<TokenOwner | undefined> {
    const row = await this.#store.db
      .selectFrom('league_tokens')
      .innerJoin('league_players', 'league_players.player_id', 'league_tokens.player_id')
      .select(['league_tokens.player_id', 'league_players.name', 'expires_at'])
      .where('token_hash', '=', hashOf(token))
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (!row || (row.expires_at !== null && Number(row.expires_at) <= this.#now())) return undefined
    return { playerId: row.player_id, playerName: row.name }
  }

  /** Newest first. */
  async list(): Promise<TokenRecord[]> {
    const rows = await this.#store.db
      .selectFrom('league_tokens')
      .innerJoin('league_players', 'league_players.player_id', 'league_tokens.player_id')
      .select(['token_id', 'league_tokens.player_id', 'league_players.name', 'label', 'expires_at', 'revoked_at'])
      .select('league_tokens.created_at as issued_at')
      .orderBy('league_tokens.created_at', 'desc')
      .orderBy('token_id')
      .execute()
    const instant = (value: number | null): number | null => (value === null ? null : Number(value))
    return rows.map((row) => ({
      id: row.token_id,
      playerId: row.player_id,
      playerName: row.name,
      label: row.label,
      createdAt: Number(row.issued_at),
      expiresAt: instant(row.expires_at),
      revokedAt: instant(row.revoked_at),
    }))
  }

  /** Revokes a token. @throws AppError UNKNOWN_TOKEN */
  async revoke(id: string): Promise<void> {
    const done = await this.#store.db
      .updateTable('league_tokens')
      .set(({ fn, val }) => ({ revoked_at: fn.coalesce('revoked_at', val(this.#now())) }))
      .where('token_id', '=', id)
      .executeTakeFirst()
    if (done.numUpdatedRows === 0n) throw new AppError('UNKNOWN_TOKEN', `there is no token ${id}`)
  }
}
