// Sessions at rest: journals, events and headers, written together. Many sessions share one transaction; what belongs to
// one step of one session is never torn. A server writes only sessions that it holds the claim of.
import { sql } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { Feedback, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { writeJsonColumn } from '../columns.ts'
import { GroupWriter } from '../group-writer.ts'
import type { Store } from '../store.ts'
import { fromEventRow, fromSessionRow, type SessionPatch, toEventRow, toInstant, toSessionRow } from './rows.ts'

/** Takes the lines of one session's journal, and with them what follows from them. */
export interface SessionSink {
  append(line: string): void
  /** A row that the lines appended so far tell of. */
  event(event: SessionEvent): void
  /** What changes in the header. */
  patch(patch: SessionPatch): void
  /**
   * Resolves once everything so far is durable.
   * @throws AppError SESSION_LOST when another server has the session now
   */
  commit(): Promise<void>
  readonly backlog: number
  close(): Promise<void>
}

/** What one session hands in for one transaction. */
interface Write {
  readonly header: SessionHeader
  readonly server: string
  readonly part: number
  readonly lines: string
  readonly events: readonly SessionEvent[]
}

/** What became of a write: `lost` when another server has the session. */
type Written = 'kept' | 'lost' | { readonly fault: unknown }

/** Sessions in one transaction, and writes that may wait. */
const LIMITS = { maxBatch: 256, maxWaiting: 50_000 }
/** Rows in one statement: SQLite takes 32,766 parameters, an event has 16. */
const ROWS_PER_STATEMENT = 1000

export class SessionLog {
  readonly #store: Store
  readonly #writer: GroupWriter<Write, Written>
  readonly #now: () => number

  /** @param now milliseconds since 1970, for claims and for when rows are kept */
  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
    this.#writer = new GroupWriter((writes) => this.#write(writes), LIMITS)
  }

  /** A new session, claimed by its server. Its first lines and events come through the sink. */
  async create(header: SessionHeader, claim: { server: string; ms: number }): Promise<void> {
    const row = { ...toSessionRow(header), claimed_by: claim.server, claimed_until: this.#now() + claim.ms }
    await this.#store.db.insertInto('sessions').values(row).execute()
  }

  /** @param part how many parts of the journal are kept already */
  sink(header: SessionHeader, server: string, part: number): SessionSink {
    let current = header
    let next = part
    let lines = ''
    let events: SessionEvent[] = []
    let hasPatch = false
    let last: Promise<unknown> = Promise.resolve()
    let fault: unknown
    const flush = (): Promise<unknown> => {
      if (fault !== undefined) return Promise.reject(fault)
      if (lines === '' && events.length === 0 && !hasPatch) return last
      if (lines !== '') next++
      const write: Write = { header: current, server, part: next, lines, events }
      lines = ''
      events = []
      hasPatch = false
      last = this.#writer.add(write).then(
        (result) => {
          if (result === 'lost') fault = lost(header.session_id)
          else if (result !== 'kept') fault = result.fault
          if (fault !== undefined) throw fault
        },
        (error: unknown) => {
          // Nobody knows what is kept: nothing is acknowledged any more.
          fault = error
          throw error
        },
      )
      last.catch(() => undefined)
      return last
    }
    return {
      append: (line) => {
        lines += `${line}\n`
      },
      event: (event) => {
        events.push(event)
        // The counter travels with the events that it counts.
        current = { ...current, last_seq: event.seq }
      },
      patch: (patch) => {
        current = { ...current, ...patch }
        hasPatch = true
      },
      commit: async () => {
        // What is told in the same turn of the loop belongs to the same transaction.
        await null
        await flush()
      },
      get backlog() {
        return lines.length
      },
      close: async () => {
        await flush()
      },
    }
  }

  /** All in one transaction; when that fails each by itself, so that one session's fault is no other's. */
  async #write(writes: readonly Write[]): Promise<readonly Written[]> {
    try {
      return await this.#writeTogether(writes)
    } catch (error) {
      if (writes.length === 1) throw error
      const results: Written[] = []
      for (const write of writes) {
        const [result] = await this.#writeTogether([write]).catch((fault: unknown) => [{ fault }])
        results.push(result ?? 'lost')
      }
      return results
    }
  }

  async #writeTogether(writes: readonly Write[]): Promise<readonly Written[]> {
    const latest = new Map<string, Write>()
    for (const write of writes) latest.set(write.header.session_id, write)
    const kept = await this.#store.transaction(async (tx) => {
      const owned = new Set<string>()
      const heads = [...latest.values()]
      for (let from = 0; from < heads.length; from += ROWS_PER_STATEMENT) {
        const values = heads.slice(from, from + ROWS_PER_STATEMENT).map(headValues)
        const found = await sql<{ session_id: string }>`
          update sessions set status = v.column3, turns_completed = v.column4, last_seq = v.column5, updated_at = v.column6,
            paused_at = v.column7, resumed_at = v.column8, session_ended_at = v.column9, termination_reason = v.column10
          from (values ${sql.join(values)}) v
          where sessions.session_id = v.column1 and sessions.claimed_by = v.column2
          returning sessions.session_id`.execute(tx)
        for (const row of found.rows) owned.add(row.session_id)
      }
      const mine = writes.filter((write) => owned.has(write.header.session_id))
      const parts = mine.filter((write) => write.lines !== '')
      for (let from = 0; from < parts.length; from += ROWS_PER_STATEMENT) {
        const rows = parts.slice(from, from + ROWS_PER_STATEMENT)
        await tx
          .insertInto('session_journals')
          .values(rows.map(({ header, part, lines }) => ({ session_id: header.session_id, part, lines })))
          .execute()
      }
      const persisted_at = this.#now()
      const events = mine.flatMap((write) => write.events)
      for (let from = 0; from < events.length; from += ROWS_PER_STATEMENT) {
        const rows = events
          .slice(from, from + ROWS_PER_STATEMENT)
          .map((event) => ({ ...toEventRow(event), persisted_at }))
        await tx.insertInto('session_events').values(rows).execute()
      }
      return owned
    })
    return writes.map((write) => (kept.has(write.header.session_id) ? 'kept' : 'lost'))
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

/** Spelled so that both backends know what a parameter is, in a list of values that has no table to tell. */
const typed = (value: string | number | null, type: 'text' | 'integer' | 'bigint') =>
  sql`cast(${value} ${sql.raw(`as ${type}`)})`

function headValues({ header, server }: Write) {
  const instant = (text: string | null) => typed(text === null ? null : toInstant(text), 'bigint')
  const values = [
    typed(header.session_id, 'text'),
    typed(server, 'text'),
    typed(header.status, 'text'),
    typed(header.turns_completed, 'integer'),
    typed(header.last_seq, 'integer'),
    instant(header.updated_at),
    instant(header.paused_at),
    instant(header.resumed_at),
    instant(header.session_ended_at),
    typed(header.termination_reason, 'text'),
  ]
  return sql`(${sql.join(values)})`
}

function lost(id: string): AppError {
  return new AppError('SESSION_LOST', `session ${id} is played on another server now`)
}
