// Hosted games in the store. Both transactions that give out slots or end a lobby begin by changing the row of the
// session, so that of two at once the second waits and sees what the first has done.
import type { Selectable } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { storedText } from '../columns.ts'
import type { Store } from '../store.ts'
import type { StoreTransaction } from '../tables.ts'
import type { PlaySessionTable, PlaySlotTable } from './tables.ts'

export interface PlaySessionRecord {
  readonly id: string
  readonly coworldId: string
  readonly variantId: string
  readonly episodeId: string
  /** Null: the operator. */
  readonly playerId: string | null
  readonly allowsSpectators: boolean
  readonly slots: number
  readonly taken: number
  readonly status: 'open' | 'ended' | 'expired'
  readonly createdAt: number
  readonly expiresAt: number
  readonly fullAt: number | null
  /** Sealed tokens of a package's game; null: a world of the server is played. */
  readonly tokens: string | null
  /** The run that plays, or has played, a package's game. */
  readonly runId: string | null
  /** Why the game ended without its results; null: it did not. */
  readonly reason: string | null
  /** The data folder of the server that hosts it; null: any. */
  readonly home: string | null
  readonly hasResults: boolean
  readonly hasReplay: boolean
}

/** A session to open. */
export type NewPlaySession = Pick<
  PlaySessionRecord,
  'id' | 'coworldId' | 'variantId' | 'episodeId' | 'playerId' | 'allowsSpectators' | 'slots' | 'expiresAt'
> & { readonly tokens?: string | null | undefined }

export interface Closing {
  /** Only while slots are free. */
  readonly onlyLobby?: boolean
  readonly reason?: string | null
  readonly hasResults?: boolean
  readonly hasReplay?: boolean
}

export interface HolderRecord {
  readonly slot: number
  readonly playerId: string | null
  readonly guestHash: string | null
  readonly label: string
  readonly joinedAt: number
}

/** Who joins: a player, or a guest with or without a secret by which it is known again. */
export interface Joiner {
  readonly playerId: string | null
  readonly guestHash: string | null
  /** Undefined: named after the slot. */
  readonly label: string | undefined
}

/** Open hosted games of one player, and of all: each holds a live episode. */
export const MAX_OPEN_PER_PLAYER = 5
export const MAX_OPEN = 200
/** The same for games of packages, each of which may start a container of 2 GiB on this machine. */
export const MAX_PACKAGES_PER_PLAYER = 2
export const MAX_PACKAGES = 8
/** Length of a label, in characters. */
export const MAX_LABEL = 40

export class PlaySessions {
  readonly #store: Store
  readonly #now: () => number
  readonly #home: string | null

  /** @param home identifies the data folder of this server; default: all games are its own */
  constructor(store: Store, { home = null, now = Date.now }: { readonly home?: string | null; now?(): number } = {}) {
    this.#store = store
    this.#now = now
    this.#home = home
  }

  /** Whether this server hosts it. */
  isOwn({ home }: Pick<PlaySessionRecord, 'home'>): boolean {
    return home === null || this.#home === null || home === this.#home
  }

  /** @throws AppError RATE_LIMITED at MAX_OPEN_PER_PLAYER and MAX_OPEN of this server, and at those of packages */
  async add(session: NewPlaySession): Promise<PlaySessionRecord> {
    const row: PlaySessionTable = {
      session_id: session.id,
      coworld_id: session.coworldId,
      variant_id: session.variantId,
      episode_id: session.episodeId,
      player_id: session.playerId,
      allows_spectators: session.allowsSpectators ? 1 : 0,
      slots: session.slots,
      taken: 0,
      status: 'open',
      created_at: this.#now(),
      expires_at: session.expiresAt,
      full_at: null,
      tokens: session.tokens ?? null,
      run_id: null,
      reason: null,
      home: this.#home,
      has_results: 0,
      has_replay: 0,
    }
    await this.#store.transaction(async (tx) => {
      const all = await tx
        .selectFrom('play_sessions')
        .select(['player_id', 'tokens', 'home'])
        .where('status', '=', 'open')
        .execute()
      const open = all.filter((each) => this.isOwn(each))
      const packages = open.filter(({ tokens }) => tokens !== null)
      checkRoom(open, session.playerId, { own: MAX_OPEN_PER_PLAYER, all: MAX_OPEN, what: 'hosted games' })
      const limits = { own: MAX_PACKAGES_PER_PLAYER, all: MAX_PACKAGES, what: 'hosted games of packages' }
      if (row.tokens !== null) {
        checkRoom(packages, session.playerId, limits)
        await requirePackage(tx, session.coworldId)
      }
      await tx.insertInto('play_sessions').values(row).execute()
    })
    return toSession(row)
  }

  /** @throws AppError UNKNOWN_SESSION */
  async get(id: string): Promise<PlaySessionRecord> {
    const row = await this.#store.db
      .selectFrom('play_sessions')
      .selectAll()
      .where('session_id', '=', id)
      .executeTakeFirst()
    if (row) return toSession(row)
    throw new AppError('UNKNOWN_SESSION', `there is no hosted game ${id}`, {
      hint: 'Ask who created it for the link, or create one with: paracosm coworld hosted-game create',
    })
  }

  /** Newest first. @param playerId undefined: everyone's */
  async list(playerId: string | undefined, limit: number): Promise<PlaySessionRecord[]> {
    const all = this.#store.db.selectFrom('play_sessions').selectAll()
    const own = playerId === undefined ? all : all.where('player_id', '=', playerId)
    return (await own.orderBy('created_at', 'desc').orderBy('session_id').limit(limit).execute()).map(toSession)
  }

  /** Those that this server hosts. */
  async open(): Promise<PlaySessionRecord[]> {
    const rows = await this.#store.db.selectFrom('play_sessions').selectAll().where('status', '=', 'open').execute()
    return rows.map(toSession).filter((each) => this.isOwn(each))
  }

  async holders(id: string): Promise<HolderRecord[]> {
    const rows = await this.#store.db
      .selectFrom('play_slots')
      .selectAll()
      .where('session_id', '=', id)
      .orderBy('slot')
      .execute()
    return rows.map(toHolder)
  }

  /**
   * Gives out the lowest free slot, or the one that the joiner already has.
   * @throws AppError UNKNOWN_SESSION; EPISODE_OVER when the lobby has expired or the game has ended; SLOT_TAKEN when
   * every slot has been given out; OTHER_SERVER
   */
  async join(id: string, who: Joiner): Promise<{ readonly session: PlaySessionRecord; readonly holder: HolderRecord }> {
    this.requireOwn(await this.get(id))
    return this.#store.transaction(async (tx) => {
      const row = await lockSession(tx, id)
      const session = toSession(row)
      if (session.status !== 'open') throw over(session)
      const holders = await tx.selectFrom('play_slots').selectAll().where('session_id', '=', id).execute()
      const known = holders.map(toHolder).find((holder) => isSame(holder, who))
      if (known) return { session, holder: known }
      const taken = new Set(holders.map(({ slot }) => slot))
      const slot = Array.from({ length: session.slots }, (_, each) => each).find((each) => !taken.has(each))
      if (slot === undefined) {
        throw new AppError('SLOT_TAKEN', `all ${session.slots} slots of this game have been given out`, {
          hint: 'Watch it, or create another game.',
        })
      }
      const now = this.#now()
      const holder: PlaySlotTable = {
        session_id: id,
        slot,
        player_id: who.playerId,
        guest_hash: who.guestHash,
        label: storedText(who.label ?? `Player ${slot + 1}`),
        joined_at: now,
      }
      await tx.insertInto('play_slots').values(holder).execute()
      const change = { taken: holders.length + 1, full_at: holders.length + 1 === session.slots ? now : null }
      await tx.updateTable('play_sessions').set(change).where('session_id', '=', id).execute()
      return { session: toSession({ ...row, ...change }), holder: toHolder(holder) }
    })
  }

  /** @throws AppError OTHER_SERVER for an open game that another server hosts */
  requireOwn(session: PlaySessionRecord): void {
    if (session.status !== 'open' || this.isOwn(session)) return
    throw new AppError('OTHER_SERVER', `another server hosts the game ps_${session.id}`)
  }

  /** Notes the run of a package's game. @returns false: the session has ended, or another run has begun */
  async begin(id: string, runId: string): Promise<boolean> {
    const row = await this.#store.db
      .updateTable('play_sessions')
      .set({ run_id: runId })
      .where('session_id', '=', id)
      .where('status', '=', 'open')
      .where('run_id', 'is', null)
      .returning('session_id')
      .executeTakeFirst()
    return row !== undefined
  }

  /** Ends an open session. @returns false: it had ended already, or it may not expire because every slot is taken */
  async close(id: string, status: 'ended' | 'expired', closing: Closing = {}): Promise<boolean> {
    const { onlyLobby = false, reason = null, hasResults = false, hasReplay = false } = closing
    return this.#store.transaction(async (tx) => {
      const { status: before, taken, slots } = await lockSession(tx, id)
      if (before !== 'open' || (onlyLobby && taken === slots)) return false
      await tx
        .updateTable('play_sessions')
        .set({
          status,
          reason: reason === null ? null : storedText(reason),
          has_results: hasResults ? 1 : 0,
          has_replay: hasReplay ? 1 : 0,
        })
        .where('session_id', '=', id)
        .execute()
      return true
    })
  }

  /** Forgets a session whose episode could not be started. */
  async remove(id: string): Promise<void> {
    await this.#store.db.deleteFrom('play_sessions').where('session_id', '=', id).execute()
  }
}

/** Locks a package until the transaction ends: its removal waits, and then sees the session. @throws AppError UNKNOWN_UPLOAD */
async function requirePackage(tx: StoreTransaction, coworldId: string): Promise<void> {
  const row = await tx
    .updateTable('league_coworlds')
    .set(({ ref }) => ({ canonical: ref('canonical') }))
    .where('coworld_id', '=', coworldId.replace(/^cow_/, ''))
    .returning('coworld_id')
    .executeTakeFirst()
  if (!row) throw new AppError('UNKNOWN_UPLOAD', `the coworld ${coworldId} has been removed`)
}

/** @throws AppError RATE_LIMITED */
function checkRoom(
  open: readonly { readonly player_id: string | null }[],
  playerId: string | null,
  { own, all, what }: { readonly own: number; readonly all: number; readonly what: string },
): void {
  const ofPlayer = open.filter(({ player_id: id }) => id !== null && id === playerId).length
  if (ofPlayer >= own) {
    throw new AppError('RATE_LIMITED', `you have ${ofPlayer} ${what} already`, {
      hint: 'End one of them, or wait until its lobby expires.',
    })
  }
  if (open.length < all) return
  throw new AppError('RATE_LIMITED', `the server has ${open.length} ${what} already`, { hint: 'Wait for one to end.' })
}

const isSame = (holder: HolderRecord, who: Joiner): boolean =>
  (who.playerId !== null && holder.playerId === who.playerId) ||
  (who.guestHash !== null && holder.guestHash === who.guestHash)

/** Why nobody can join a session that is closed. */
export function over({ status, reason }: Pick<PlaySessionRecord, 'status' | 'reason'>): AppError {
  const what = status === 'expired' ? 'this lobby has expired' : 'this game has ended'
  return new AppError('EPISODE_OVER', reason === null ? what : `${what}: ${reason}`, { hint: 'Create another game.' })
}

/** The row, locked until the transaction ends. */
function lockSession(tx: StoreTransaction, id: string): Promise<Selectable<PlaySessionTable>> {
  return tx
    .updateTable('play_sessions')
    .set(({ ref }) => ({ taken: ref('taken') }))
    .where('session_id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

function statusOf(text: string): PlaySessionRecord['status'] {
  if (text === 'open' || text === 'ended' || text === 'expired') return text
  throw new AppError('STORE_CORRUPT', `a hosted game has the status ${JSON.stringify(text)}`)
}

const toSession = (row: Selectable<PlaySessionTable>): PlaySessionRecord => ({
  id: row.session_id,
  coworldId: row.coworld_id,
  variantId: row.variant_id,
  episodeId: row.episode_id,
  playerId: row.player_id,
  allowsSpectators: row.allows_spectators === 1,
  slots: row.slots,
  taken: row.taken,
  status: statusOf(row.status),
  createdAt: Number(row.created_at),
  expiresAt: Number(row.expires_at),
  fullAt: row.full_at === null ? null : Number(row.full_at),
  tokens: row.tokens,
  runId: row.run_id,
  reason: row.reason,
  home: row.home,
  hasResults: row.has_results === 1,
  hasReplay: row.has_replay === 1,
})

const toHolder = (row: Selectable<PlaySlotTable>): HolderRecord => ({
  slot: row.slot,
  playerId: row.player_id,
  guestHash: row.guest_hash,
  label: row.label,
  joinedAt: Number(row.joined_at),
})
