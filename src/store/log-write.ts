// Writes rows to the log, many per transaction. Each distinct perception is stored once. A cache remembers the ids of
// recent ones, and foreign keys detect an outdated cache.
import { hash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { isForeignKeyViolation } from './faults.ts'
import type { RowToInsert } from './log-rows.ts'
import type { SqliteChannel } from './sqlite-channel.ts'
import type { SqliteStatement } from './sqlite-connection.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

export interface OutcomeToSet {
  readonly command_id: string
  readonly outcome: string
  readonly outcome_kind: string
  /** The slot's score at that time; null when unknown. */
  readonly score: number | null
}

export interface LogWrite {
  /** `id`: a number to keep (for a row restored from an archive of this log). */
  readonly rows: readonly (RowToInsert & { readonly id?: number })[]
  readonly outcomes: readonly OutcomeToSet[]
}

export interface LogWritten {
  /** One per row; 0 for a row that conflicted with another (same key, same command id, same origin). */
  readonly ids: readonly number[]
  /** The command ids that were found. */
  readonly found: ReadonlySet<string>
}

/** Number of perceptions whose ids are cached, and the maximum length of one, in characters. */
const MAX_REMEMBERED = 2048
const MAX_REMEMBERED_LENGTH = 16_384
/** Key of the advisory lock under which the log is written on PostgreSQL, so that ids become visible in order. */
export const LOG_LOCK = 7_233_179

const COLUMNS = [
  'timestamp',
  'command',
  'params',
  'reasoning',
  'outcome',
  'outcome_kind',
  'agent_id',
  'episode_id',
  'cell',
  'protocol_version',
  'created_at',
  'world',
  'slot',
  'command_id',
  'idempotency_key',
  'origin',
  'origin_id',
  'heartbeat_cycle',
  'score',
] as const

export class LogWriter {
  readonly #store: Store
  /** Ids of perceptions by text, oldest first. */
  readonly #known = new Map<string, number>()

  constructor(store: Store) {
    this.#store = store
  }

  /** All or nothing; durable when it resolves. */
  async write(work: LogWrite): Promise<LogWritten> {
    try {
      return await this.#attempt(work)
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error
      // A cached perception has been rotated away in the meantime.
      this.#known.clear()
      return this.#attempt(work)
    }
  }

  async #attempt(work: LogWrite): Promise<LogWritten> {
    const fresh = new Map<string, string>()
    for (const { perception } of work.rows) {
      if (perception !== null && !this.#known.has(perception)) fresh.set(perception, '')
    }
    for (const text of fresh.keys()) fresh.set(text, hash('sha256', text, 'base64url'))
    const { channel } = this.#store
    const { written, ids } = channel
      ? await this.#writeSqlite(channel, work, fresh)
      : await this.#store.transaction((tx) => this.#writePostgres(tx, work, fresh))
    this.#remember(fresh, ids)
    return written
  }

  #remember(fresh: ReadonlyMap<string, string>, ids: ReadonlyMap<string, number>): void {
    for (const [text, key] of fresh) {
      const id = ids.get(key)
      if (id !== undefined && text.length <= MAX_REMEMBERED_LENGTH) this.#known.set(text, id)
    }
    for (const text of this.#known.keys()) {
      if (this.#known.size <= MAX_REMEMBERED) break
      this.#known.delete(text)
    }
  }

  async #writeSqlite(channel: SqliteChannel, { rows, outcomes }: LogWrite, fresh: ReadonlyMap<string, string>) {
    const statements: SqliteStatement[] = [
      { sql: INSERT_COMMAND, rows: rows.map((row) => this.#toParameters(row, fresh)) },
      {
        sql: SET_OUTCOME,
        rows: outcomes.map((each) => [each.outcome, each.outcome_kind, each.command_id, each.score]),
      },
    ]
    if (fresh.size > 0) {
      const hashes = [...fresh.values()]
      const bodies = [...fresh].map(([body, key]) => [key, body])
      statements.unshift({ sql: INSERT_PERCEPTION, rows: bodies })
      statements.push({ sql: FIND_PERCEPTIONS, parameters: [JSON.stringify(hashes)] })
    }
    const results = await channel.batch(statements)
    const at = fresh.size > 0 ? 1 : 0
    const changed = results[at + 1]?.ids ?? []
    const pairs = (results[at + 2]?.values ?? []).map(([key, id]): [string, number] => [String(key), Number(id)])
    const found = new Set(outcomes.filter((_, i) => changed[i] !== 0).map((each) => each.command_id))
    return { written: { ids: results[at]?.ids ?? [], found }, ids: new Map(pairs) }
  }

  #toParameters(row: RowToInsert & { readonly id?: number }, fresh: ReadonlyMap<string, string>): unknown[] {
    const { perception } = row
    const known = perception === null ? null : (this.#known.get(perception) ?? null)
    const key = perception === null || known !== null ? null : (fresh.get(perception) ?? null)
    return [row.id ?? null, known, key, ...COLUMNS.map((name) => row[name])]
  }

  async #writePostgres(tx: Transaction<Tables>, { rows, outcomes }: LogWrite, fresh: ReadonlyMap<string, string>) {
    await sql`select pg_advisory_xact_lock(${LOG_LOCK})`.execute(tx)
    const ids = new Map<string, number>()
    if (fresh.size > 0) {
      const bodies = JSON.stringify([...fresh].map(([body, key]) => ({ hash: key, body })))
      await sql`insert into perceptions (hash, body)
        select hash, body from json_to_recordset(${bodies}::json) AS t(hash text, body text)
        on conflict (hash) do nothing`.execute(tx)
      const found = await tx
        .selectFrom('perceptions')
        .select(['hash', 'id'])
        .where('hash', 'in', [...fresh.values()])
        .execute()
      for (const { hash: key, id } of found) ids.set(key, id)
    }
    const records = rows.map(({ perception, ...row }, index) => ({
      ...row,
      index,
      perception_id:
        perception === null ? null : (this.#known.get(perception) ?? ids.get(fresh.get(perception) ?? '') ?? null),
    }))
    const inserted = records.length === 0 ? [] : (await insertRecords(records).execute(tx)).rows
    if (rows.some((row) => row.id !== undefined)) await RAISE_SEQUENCE.execute(tx)
    const last = new Map(outcomes.map((each) => [each.command_id, each]))
    const set = outcomes.length === 0 ? [] : (await setOutcomes([...last.values()]).execute(tx)).rows
    return {
      written: { ids: inserted.map((each) => each.id ?? 0), found: new Set(set.map((each) => each.command_id)) },
      ids,
    }
  }
}

const NAMES = COLUMNS.join(', ')

// `known` is the cached id; without it, the perception has just been inserted under its hash.
const INSERT_COMMAND = `insert into commands (id, perception_id, ${NAMES})
  values (?1, coalesce(?2, (select id from perceptions where hash = ?3)), ${COLUMNS.map((_, i) => `?${i + 4}`).join(', ')})
  on conflict do nothing`
const SET_OUTCOME = 'update commands set outcome = ?1, outcome_kind = ?2, score = ?4 where command_id = ?3'
const INSERT_PERCEPTION = 'insert into perceptions (hash, body) values (?, ?) on conflict (hash) do nothing'
const FIND_PERCEPTIONS = 'select hash, id from perceptions where hash in (select value from json_each(?))'

// Numbers are assigned in the order of the rows; a row that was not inserted has none.
const insertRecords = (records: readonly object[]) => sql<{ id: number | null }>`
  with given AS materialized (
    select coalesce(t.id, nextval(pg_get_serial_sequence('commands', 'id'))) AS new_id, t.*
    from json_to_recordset(${JSON.stringify(records)}::json) AS t(
      id bigint, index integer, perception_id bigint, timestamp bigint, command text, params text, reasoning text,
      outcome text, outcome_kind text, agent_id text, episode_id text, cell text, protocol_version text,
      created_at bigint, world text, slot integer, command_id text, idempotency_key text, origin text, origin_id bigint,
      heartbeat_cycle bigint, score double precision)
  ), put AS (
    insert into commands (id, perception_id, ${sql.raw(NAMES)})
    select new_id, perception_id, ${sql.raw(NAMES)} from given order by index
    on conflict do nothing returning id
  )
  select put.id AS id from given left join put on put.id = given.new_id order by given.index`

const setOutcomes = (outcomes: readonly OutcomeToSet[]) => sql<{ command_id: string }>`
  update commands set outcome = t.outcome, outcome_kind = t.outcome_kind, score = t.score
  from json_to_recordset(${JSON.stringify(outcomes)}::json) AS t(
    command_id text, outcome text, outcome_kind text, score double precision)
  where commands.command_id = t.command_id returning commands.command_id AS command_id`

/** Rows that kept their numbers must not collide with the next number. */
const RAISE_SEQUENCE = sql`select setval(pg_get_serial_sequence('commands', 'id'), greatest(
  (select max(id) from commands), nextval(pg_get_serial_sequence('commands', 'id'))))`
