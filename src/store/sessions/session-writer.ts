// Writes sessions: journal lines, events and headers of many sessions in one transaction. The data of one step of one
// session is never split. A server writes only sessions whose claim it holds.
import { sql } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { GroupWriter } from '../../lib/group-writer.ts'
import type { SessionEvent, SessionHeader } from '../../protocol/session.ts'
import type { Store } from '../store.ts'
import { type EndedSession, settleAssignments } from '../studies/settle.ts'
import { type SessionPatch, toEventRow, toInstant } from './rows.ts'

/** Takes the lines of one session's journal, together with the rows derived from them. */
export interface SessionSink {
  append(line: string): void
  /** A row derived from the lines appended so far. */
  event(event: SessionEvent): void
  /** Changes to the header. */
  patch(patch: SessionPatch): void
  /**
   * Resolves once everything so far is durable.
   * @throws AppError SESSION_LOST when another server holds the session now
   */
  commit(): Promise<void>
  readonly backlog: number
  close(): Promise<void>
}

/** A server's right to write a session. It ends when the server releases it, or when another server claims the session. */
export interface SessionClaim {
  readonly id: string
  readonly server: string
  readonly version: number
}

/** The part of a transaction that one session contributes. */
interface Write {
  readonly header: SessionHeader
  readonly claim: SessionClaim
  readonly part: number
  readonly lines: string
  readonly events: readonly SessionEvent[]
}

/** The result of a write: `lost` when another server holds the session. */
type Written = 'kept' | 'lost' | { readonly fault: unknown }

/** Sessions per transaction, and maximum waiting writes. */
const LIMITS = { maxBatch: 256, maxWaiting: 50_000 }
/** Rows per statement: SQLite allows 32,766 parameters, and an event has 16. */
export const ROWS_PER_STATEMENT = 1000

export class SessionWriter {
  readonly #store: Store
  readonly #writer: GroupWriter<Write, Written>
  readonly #now: () => number

  /** @param now milliseconds since 1970, for the times of rows */
  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
    this.#writer = new GroupWriter((writes) => this.#write(writes), LIMITS)
  }

  /** @param part how many parts of the journal are already stored */
  sink(header: SessionHeader, claim: SessionClaim, part: number): SessionSink {
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
      const write: Write = { header: current, claim, part: next, lines, events }
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
          // The state of the file is unknown, so nothing more is acknowledged.
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
        // The counter is written with the events that it counts.
        current = { ...current, last_seq: event.seq }
      },
      patch: (patch) => {
        current = { ...current, ...patch }
        hasPatch = true
      },
      commit: async () => {
        // Lines from the same turn of the event loop share one transaction.
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

  /**
   * All writes in one transaction. If it fails, each is tried separately, so that one session's fault does not affect
   * another.
   */
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
    for (const write of writes) latest.set(keyOf(write.claim), write)
    const kept = await this.#store.transaction(async (tx) => {
      const owned = new Set<string>()
      const heads = [...latest.values()]
      for (let from = 0; from < heads.length; from += ROWS_PER_STATEMENT) {
        const values = heads.slice(from, from + ROWS_PER_STATEMENT).map(headValues)
        const found = await sql<{ session_id: string; claim_version: number }>`
          update sessions set status = v.column3, turns_completed = v.column4, last_seq = v.column5, updated_at = v.column6,
            paused_at = v.column7, resumed_at = v.column8, session_ended_at = v.column9, termination_reason = v.column10
          from (values ${sql.join(values)}) v
          where sessions.session_id = v.column1 and sessions.claimed_by = v.column2
            and sessions.claim_version = v.column11
          returning sessions.session_id, sessions.claim_version`.execute(tx)
        for (const row of found.rows) owned.add(keyOf({ id: row.session_id, version: row.claim_version }))
      }
      const mine = writes.filter((write) => owned.has(keyOf(write.claim)))
      await settleAssignments(
        tx,
        this.#store.kind,
        heads.flatMap((write) => endOf(write, owned)),
        this.#now(),
      )
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
    return writes.map((write) => (kept.has(keyOf(write.claim)) ? 'kept' : 'lost'))
  }

  /** Resolves once everything handed in has been written or rejected. */
  async drain(): Promise<void> {
    await this.#writer.drain()
  }
}

/** A session that this write ends. */
function endOf({ header, claim }: Write, owned: ReadonlySet<string>): EndedSession[] {
  const { session_id: id, status, termination_reason: reason } = header
  const isOver = (status === 'closed' || status === 'error') && reason !== null
  return isOver && owned.has(keyOf(claim)) ? [{ id, reason }] : []
}

/** Written so that both backends know the type of a parameter in a list of values, where no table determines it. */
const typed = (value: string | number | null, type: 'text' | 'integer' | 'bigint') =>
  sql`cast(${value} ${sql.raw(`as ${type}`)})`

const keyOf = ({ id, version }: Pick<SessionClaim, 'id' | 'version'>): string => `${id} ${version}`

function headValues({ header, claim }: Write) {
  const instant = (text: string | null) => typed(text === null ? null : toInstant(text), 'bigint')
  const values = [
    typed(header.session_id, 'text'),
    typed(claim.server, 'text'),
    typed(header.status, 'text'),
    typed(header.turns_completed, 'integer'),
    typed(header.last_seq, 'integer'),
    instant(header.updated_at),
    instant(header.paused_at),
    instant(header.resumed_at),
    instant(header.session_ended_at),
    typed(header.termination_reason, 'text'),
    typed(claim.version, 'integer'),
  ]
  return sql`(${sql.join(values)})`
}

function lost(id: string): AppError {
  return new AppError('SESSION_LOST', `another server has taken over session ${id}`)
}
