// Sessions in the store: their claims, their events, and what happens to them after play. session-writer.ts writes them
// while they are played.
import type { Selectable, Transaction, UpdateQueryBuilder, UpdateResult } from 'kysely'
import { z } from 'zod'
import { JsonObject } from '../../protocol/json.ts'
import type { Feedback, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import { settleAssignments } from '../studies/settle.ts'
import type { Tables } from '../tables.ts'
import { fromEventRow, fromSessionRow, type SessionStanding, standingOf, toEventRow, toSessionRow } from './rows.ts'
import { ROWS_PER_STATEMENT, type SessionClaim, type SessionSink, SessionWriter } from './session-writer.ts'
import type { SessionTable } from './tables.ts'

/** The fields of an imported session's additional keys that are read here. */
const Extra = z.looseObject({ runtime_state: JsonObject.nullish() })

/** A stored session. */
export interface StoredSession {
  readonly header: SessionHeader
  readonly standing: SessionStanding
  /** Consecutive failures to open it, and the reason of the last one. */
  readonly attempts: number
  readonly fault: SessionFault | null
}

const SessionFault = z.object({ code: z.string(), message: z.string() })
export type SessionFault = z.infer<typeof SessionFault>

/** A position in the list of stale sessions. */
export interface StaleSession {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

type SessionUpdate = UpdateQueryBuilder<Tables, 'sessions', 'sessions', UpdateResult>

function toStored(row: Selectable<SessionTable>, now: number): StoredSession {
  return {
    header: fromSessionRow(row),
    standing: standingOf(row, now),
    attempts: row.attempts,
    fault: row.fault === null ? null : readJsonColumn(SessionFault, row.fault, 'fault'),
  }
}

export class SessionLog {
  readonly #store: Store
  readonly #writer: SessionWriter
  readonly #now: () => number

  /** @param now milliseconds since 1970, for claims and for the times of rows */
  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
    this.#writer = new SessionWriter(store, now)
  }

  /**
   * Creates a session with its first events. No server holds a claim on it yet.
   * @param within runs in the same transaction; if it throws, the session is not created
   */
  async create(
    header: SessionHeader,
    lines: readonly string[],
    events: readonly SessionEvent[],
    within?: (tx: Transaction<Tables>) => Promise<void>,
  ): Promise<void> {
    await this.#store.transaction(async (tx) => {
      await tx.insertInto('sessions').values(toSessionRow(header)).execute()
      if (lines.length > 0) {
        const text = lines.map((line) => `${line}\n`).join('')
        await tx
          .insertInto('session_journals')
          .values({ session_id: header.session_id, part: 1, lines: text })
          .execute()
      }
      for (let from = 0; from < events.length; from += ROWS_PER_STATEMENT) {
        const rows = events.slice(from, from + ROWS_PER_STATEMENT).map(toEventRow)
        await tx.insertInto('session_events').values(rows).execute()
      }
      await within?.(tx)
    })
  }

  /**
   * The sink for a session's journal lines and rows.
   * @param part how many parts of the journal are already stored
   */
  sink(header: SessionHeader, claim: SessionClaim, part: number): SessionSink {
    return this.#writer.sink(header, claim, part)
  }

  /** Resolves once everything handed in has been written or rejected. */
  async drain(): Promise<void> {
    await this.#writer.drain()
  }

  async header(id: string): Promise<SessionHeader | undefined> {
    return (await this.find(id))?.header
  }

  async find(id: string): Promise<StoredSession | undefined> {
    const row = await this.#store.db.selectFrom('sessions').selectAll().where('session_id', '=', id).executeTakeFirst()
    return row && toStored(row, this.#now())
  }

  /** Sessions of a player, newest first. */
  async list(playerId: string, limit: number): Promise<StoredSession[]> {
    const rows = await this.#store.db
      .selectFrom('sessions')
      .selectAll()
      .where('player_id', '=', playerId)
      .orderBy('session_started_at', 'desc')
      .orderBy('session_id')
      .limit(limit)
      .execute()
    const now = this.#now()
    return rows.map((row) => toStored(row, now))
  }

  /**
   * A page of the unfinished sessions that no server holds and that have not changed since `before`, oldest first.
   * Sessions that could not be opened are left out until their next attempt is due.
   * @param after the last session of the previous page
   */
  async stale(before: number, limit: number, after?: StaleSession): Promise<StaleSession[]> {
    const now = this.#now()
    let query = this.#store.db
      .selectFrom('sessions')
      .select(['session_id', 'updated_at'])
      .where('status', 'in', ['active', 'paused'])
      .where('updated_at', '<', before)
      .where((or) => or.or([or('claimed_by', 'is', null), or('claimed_until', '<', now)]))
      .where((or) => or.or([or('retry_at', 'is', null), or('retry_at', '<=', now)]))
    if (after) {
      query = query.where((or) =>
        or.or([
          or('updated_at', '>', after.updatedAt),
          or.and([or('updated_at', '=', after.updatedAt), or('session_id', '>', after.id)]),
        ]),
      )
    }
    const rows = await query.orderBy('updated_at').orderBy('session_id').limit(limit).execute()
    return rows.map((row) => ({ id: row.session_id, updatedAt: row.updated_at }))
  }

  /** The events of a session, in order. */
  async events(id: string): Promise<SessionEvent[]> {
    const rows = await this.#store.db
      .selectFrom('session_events')
      .selectAll()
      .where('session_id', '=', id)
      .orderBy('seq')
      .execute()
    return rows.map(fromEventRow)
  }

  /** The stored lines of a session's journal, and the number of parts. An imported session has no journal. */
  async journal(id: string): Promise<{ lines: string[]; parts: number }> {
    const rows = await this.#store.db
      .selectFrom('session_journals')
      .select(['part', 'lines'])
      .where('session_id', '=', id)
      .orderBy('part')
      .execute()
    const lines = rows.flatMap((row) => row.lines.split('\n').slice(0, -1))
    return { lines, parts: rows.at(-1)?.part ?? 0 }
  }

  /** The first stored line of a session's journal; undefined if it has none. */
  async journalHead(id: string): Promise<string | undefined> {
    const row = await this.#store.db
      .selectFrom('session_journals')
      .select('lines')
      .where('session_id', '=', id)
      .orderBy('part')
      .limit(1)
      .executeTakeFirst()
    return row?.lines.split('\n', 1)[0]
  }

  /** Claims a session for a server. Undefined: it has ended, or another server has it. */
  async claim(id: string, server: string, ms: number): Promise<SessionClaim | undefined> {
    const now = this.#now()
    const row = await this.#store.db
      .updateTable('sessions')
      .set((to) => ({
        claimed_by: server,
        claimed_until: now + ms,
        claim_version: to('claim_version', '+', 1),
      }))
      .where('session_id', '=', id)
      .where('status', 'in', ['active', 'paused'])
      .where((or) =>
        or.or([or('claimed_by', 'is', null), or('claimed_by', '=', server), or('claimed_until', '<', now)]),
      )
      .returning('claim_version')
      .executeTakeFirst()
    return row && { id, server, version: row.claim_version }
  }

  /**
   * Renews claims of one server.
   * @returns those that it has lost
   */
  async renew(claims: readonly SessionClaim[], ms: number): Promise<SessionClaim[]> {
    const lost: SessionClaim[] = []
    for (let from = 0; from < claims.length; from += ROWS_PER_STATEMENT) {
      const batch = claims.slice(from, from + ROWS_PER_STATEMENT)
      const rows = await this.#store.db
        .updateTable('sessions')
        .set({ claimed_until: this.#now() + ms })
        .where(
          'session_id',
          'in',
          batch.map((claim) => claim.id),
        )
        .where('claimed_by', '=', batch[0]?.server ?? '')
        .returning(['session_id', 'claim_version'])
        .execute()
      const kept = new Map(rows.map((row) => [row.session_id, row.claim_version]))
      for (const claim of batch) if (kept.get(claim.id) !== claim.version) lost.push(claim)
    }
    return lost
  }

  /** The runtime snapshot that an imported session brought along; undefined: none. */
  async runtimeState(id: string): Promise<JsonObject | undefined> {
    const row = await this.#store.db
      .selectFrom('sessions')
      .select('extra')
      .where('session_id', '=', id)
      .executeTakeFirst()
    if (!row || row.extra === null) return undefined
    const { runtime_state } = readJsonColumn(Extra, row.extra, 'extra')
    return runtime_state ?? undefined
  }

  /**
   * Ends a session only in its row, if its journal is missing or its world no longer exists.
   * @returns false when the session has already ended, or a server has it
   */
  async end(id: string, reason: string, status: 'closed' | 'error' = 'closed'): Promise<boolean> {
    const now = this.#now()
    return this.#store.transaction(async (tx) => {
      const result = await tx
        .updateTable('sessions')
        .set({
          status,
          termination_reason: reason,
          session_ended_at: now,
          updated_at: now,
          claimed_by: null,
          claimed_until: null,
        })
        .where('session_id', '=', id)
        .where('status', 'in', ['active', 'paused'])
        .where((or) => or.or([or('claimed_by', 'is', null), or('claimed_until', '<', now)]))
        .executeTakeFirst()
      if (result.numUpdatedRows === 0n) return false
      await settleAssignments(tx, this.#store.kind, [{ id, reason }], now)
      return true
    })
  }

  /** Releases a claim. Does nothing if another server has replaced it. */
  async release(claim: SessionClaim): Promise<void> {
    await this.#rest((query) =>
      query
        .where('session_id', '=', claim.id)
        .where('claimed_by', '=', claim.server)
        .where('claim_version', '=', claim.version),
    )
  }

  /** Releases the claims of all servers: for the start of a process that has the store to itself. */
  async releaseAll(): Promise<void> {
    await this.#rest((query) => query.where('claimed_by', 'is not', null))
  }

  /** A session without a claim waits for its player. */
  async #rest(which: (query: SessionUpdate) => SessionUpdate): Promise<void> {
    const now = this.#now()
    const { db } = this.#store
    await which(
      db.updateTable('sessions').set((to) => ({
        claimed_by: null,
        claimed_until: null,
        paused_at: to.case().when('status', '=', 'active').then(to.val(now)).else(to.ref('paused_at')).end(),
        status: to.case().when('status', '=', 'active').then('paused').else(to.ref('status')).end(),
      })),
    ).execute()
  }

  /**
   * Records that a session could not be opened, and when the sweep may try again.
   * @param retryAt milliseconds since 1970
   */
  async quarantine(id: string, fault: { code: string; message: string }, retryAt: number): Promise<void> {
    await this.#store.db
      .updateTable('sessions')
      .set((to) => ({
        fault: storedText(writeJsonColumn(fault)),
        attempts: to('attempts', '+', 1),
        retry_at: retryAt,
      }))
      .where('session_id', '=', id)
      .execute()
  }

  /** Clears the fault of a session that could be opened after all. */
  async clearFault(id: string): Promise<void> {
    const none = { fault: null, attempts: 0, retry_at: null }
    await this.#store.db.updateTable('sessions').set(none).where('session_id', '=', id).execute()
  }

  /**
   * Sets or clears (null) the feedback on an event of a player's session.
   * @returns false when this player has no session with such a character message
   */
  async feedback(
    at: { session: string; event: string; playerId: string | null },
    feedback: Feedback | null,
  ): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const session = await tx
        .selectFrom('sessions')
        .select('session_id')
        .where('session_id', '=', at.session)
        .where('player_id', at.playerId === null ? 'is' : '=', at.playerId)
        .executeTakeFirst()
      if (!session) return false
      const now = this.#now()
      const result = await tx
        .updateTable('session_events')
        .set({ feedback: feedback && writeJsonColumn(feedback), updated_at: now })
        .where('session_id', '=', at.session)
        .where('event_id', '=', at.event)
        .where('direction', '=', 'outbound')
        .where('event_source', '=', 'npc')
        .where('event_type', '=', 'message')
        .executeTakeFirst()
      if (result.numUpdatedRows === 0n) return false
      await tx.updateTable('sessions').set({ updated_at: now }).where('session_id', '=', at.session).execute()
      return true
    })
  }

  /** Appends an event to a finished session. */
  async appendInternal(id: string, make: (seq: number) => SessionEvent): Promise<SessionEvent | undefined> {
    return this.#store.transaction(async (tx) => {
      const header = await tx.selectFrom('sessions').select('last_seq').where('session_id', '=', id).executeTakeFirst()
      if (!header) return undefined
      const event = make(header.last_seq + 1)
      await tx.insertInto('session_events').values(toEventRow(event)).execute()
      const updated_at = this.#now()
      await tx.updateTable('sessions').set({ last_seq: event.seq, updated_at }).where('session_id', '=', id).execute()
      return event
    })
  }

  async addSpectatorKey(session: string, keyHash: string): Promise<void> {
    const row = { key_hash: keyHash, session_id: session, created_at: this.#now() }
    await this.#store.db.insertInto('spectator_keys').values(row).execute()
  }

  async hasSpectatorKey(session: string, keyHash: string): Promise<boolean> {
    const row = await this.#store.db
      .selectFrom('spectator_keys')
      .select('session_id')
      .where('key_hash', '=', keyHash)
      .where('session_id', '=', session)
      .executeTakeFirst()
    return row !== undefined
  }
}
