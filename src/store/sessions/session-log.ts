// Sessions at rest: who has them, what was said in them, and what is made of them afterwards. session-writer.ts writes them
// while they are played.
import { z } from 'zod'
import { JsonObject } from '../../protocol/json.ts'
import type { Feedback, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { readJsonColumn, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import { fromEventRow, fromSessionRow, toEventRow, toSessionRow } from './rows.ts'
import { ROWS_PER_STATEMENT, type SessionSink, SessionWriter } from './session-writer.ts'

/** What of an imported session's further keys is read here. */
const Extra = z.looseObject({ runtime_state: JsonObject.nullish() })

export class SessionLog {
  readonly #store: Store
  readonly #writer: SessionWriter
  readonly #now: () => number

  /** @param now milliseconds since 1970, for claims and for when rows are kept */
  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
    this.#writer = new SessionWriter(store, now)
  }

  /** A new session, claimed by its server. Its first lines and events come through the sink. */
  async create(header: SessionHeader, claim: { server: string; ms: number }): Promise<void> {
    const row = { ...toSessionRow(header), claimed_by: claim.server, claimed_until: this.#now() + claim.ms }
    await this.#store.db.insertInto('sessions').values(row).execute()
  }

  /**
   * Where a session's lines and rows go.
   * @param part how many parts of the journal are kept already
   */
  sink(header: SessionHeader, server: string, part: number): SessionSink {
    return this.#writer.sink(header, server, part)
  }

  /** Resolves once everything handed in is written or refused. */
  async drain(): Promise<void> {
    await this.#writer.drain()
  }

  async header(id: string): Promise<SessionHeader | undefined> {
    const row = await this.#store.db.selectFrom('sessions').selectAll().where('session_id', '=', id).executeTakeFirst()
    return row && fromSessionRow(row)
  }

  /** Sessions of a player, newest first. */
  async list(playerId: string, limit: number): Promise<SessionHeader[]> {
    const rows = await this.#store.db
      .selectFrom('sessions')
      .selectAll()
      .where('player_id', '=', playerId)
      .orderBy('session_started_at', 'desc')
      .orderBy('session_id')
      .limit(limit)
      .execute()
    return rows.map(fromSessionRow)
  }

  /** Ids of unfinished sessions that nobody has and that have not changed since `before`, oldest first. */
  async stale(before: number, limit: number): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('sessions')
      .select('session_id')
      .where('status', 'in', ['active', 'paused'])
      .where('updated_at', '<', before)
      .where((or) => or.or([or('claimed_by', 'is', null), or('claimed_until', '<', this.#now())]))
      .orderBy('updated_at')
      .limit(limit)
      .execute()
    return rows.map((row) => row.session_id)
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

  /** The stored lines of a session's journal, and in how many parts they lie. An imported session has none. */
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

  /** Takes a session for a server. False: it is over, or another server has it. */
  async claim(id: string, server: string, ms: number): Promise<boolean> {
    const now = this.#now()
    const result = await this.#store.db
      .updateTable('sessions')
      .set({ claimed_by: server, claimed_until: now + ms })
      .where('session_id', '=', id)
      .where('status', 'in', ['active', 'paused'])
      .where((or) =>
        or.or([or('claimed_by', 'is', null), or('claimed_by', '=', server), or('claimed_until', '<', now)]),
      )
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Whether any server has a session now. */
  async isClaimed(id: string): Promise<boolean> {
    const row = await this.#store.db
      .selectFrom('sessions')
      .select('session_id')
      .where('session_id', '=', id)
      .where('claimed_until', '>', this.#now())
      .executeTakeFirst()
    return row !== undefined
  }

  /** Prolongs every claim of a server. */
  async renew(server: string, ms: number): Promise<void> {
    await this.#store.db
      .updateTable('sessions')
      .set({ claimed_until: this.#now() + ms })
      .where('claimed_by', '=', server)
      .execute()
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

  /** Ends a session that has no journal to be ended in: an imported one. */
  async end(id: string, reason: string): Promise<void> {
    const now = this.#now()
    await this.#store.db
      .updateTable('sessions')
      .set({ status: 'closed', termination_reason: reason, session_ended_at: now, updated_at: now, claimed_by: null })
      .where('session_id', '=', id)
      .where('status', 'in', ['active', 'paused'])
      .execute()
  }

  async release(ids: readonly string[], server: string): Promise<void> {
    if (ids.length === 0) return
    await this.#store.db
      .updateTable('sessions')
      .set({ claimed_by: null, claimed_until: null })
      .where('session_id', 'in', ids)
      .where('claimed_by', '=', server)
      .execute()
  }

  /** Gives up the claims of all servers: for a store that one process has to itself, at its start. */
  async releaseAll(): Promise<void> {
    await this.#store.db
      .updateTable('sessions')
      .set({ claimed_by: null, claimed_until: null })
      .where('claimed_by', 'is not', null)
      .execute()
  }

  /**
   * Sets or clears (null) the feedback on an event of a player's session.
   * @returns false when there is no such message of a character in a session of this player
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

  /** Adds an event behind the last one of a finished session. */
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

  /** A copy of a session, paused, with journal and events of its own; nobody has it. */
  async copy(header: SessionHeader, lines: readonly string[], events: readonly SessionEvent[]): Promise<void> {
    await this.#store.transaction(async (tx) => {
      await tx.insertInto('sessions').values(toSessionRow(header)).execute()
      const text = lines.map((line) => `${line}\n`).join('')
      await tx.insertInto('session_journals').values({ session_id: header.session_id, part: 1, lines: text }).execute()
      for (let from = 0; from < events.length; from += ROWS_PER_STATEMENT) {
        const rows = events.slice(from, from + ROWS_PER_STATEMENT).map(toEventRow)
        await tx.insertInto('session_events').values(rows).execute()
      }
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
