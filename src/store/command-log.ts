// The command log: every command of every adapter, with the agent's perception and the outcome. Writing: log-write.ts.
// Reading: log-read.ts. Old rows: log-rotate.ts and log-archive.ts. Imports: log-import.ts.

import { randomUUID } from 'node:crypto'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { GroupWriter } from '../lib/group-writer.ts'
import { sleep } from '../lib/sleep.ts'
import {
  type CommandFilters,
  type CommandLogRow,
  type CommandPage,
  MAX_COMMAND_PAGE,
  type NewCommandLogRow,
} from '../protocol/command-log.ts'
import { storedText } from './columns.ts'
import { openArchive, writeArchive } from './log-archive.ts'
import { type ForeignRow, type ImportCount, importArchive, importForeign } from './log-import.ts'
import { countRows, formatCursor, LogReader, parseCursor, readInOrder } from './log-read.ts'
import { type Cut, deleteOld, deleteUnused, readOld } from './log-rotate.ts'
import { formatRow, outcomeKind, type RowToInsert, rowToInsert, type StoredRow } from './log-rows.ts'
import { LogWriter, type OutcomeToSet } from './log-write.ts'
import type { Store } from './store.ts'

export interface Appended {
  readonly id: number
  readonly command_id: string | null
  /** The agent has sent this key before: nothing was logged, and the id is that of the first row. */
  readonly isRepeat: boolean
}

export interface PageRequest {
  /** 1..1000. */
  readonly limit?: number
  readonly offset?: number
  readonly cursor?: string
}

export interface RotateOptions {
  /** Deletes rows older than this many days. 0 or more. */
  readonly maxAgeDays: number
  /** The file to which the rows are written before they are deleted; it must not exist. */
  readonly archive?: string
  /** Only counts; changes nothing. */
  readonly isDryRun?: boolean
  /** Milliseconds UTC. */
  readonly now?: number
  readonly onProgress?: (done: { readonly archived: number; readonly deleted: number }) => void
}

export interface Rotated {
  /** ISO 8601: rows strictly before it are deleted. */
  readonly cutoff: string
  readonly deleted: number
  readonly archived: number
}

type Item = { readonly row: RowToInsert } | { readonly outcome: OutcomeToSet }
type Result = Appended | { readonly wasFound: boolean } | { readonly error: unknown }

/** Rows per write, and the maximum number of waiting rows. */
const LIMITS = { maxBatch: 2048, maxWaiting: 65_536 }
const DEFAULT_PAGE = 100
const MAX_KEY = 200
const DAY_MS = 86_400_000
const READ_BATCH = 2000
/** How often a follower polls for rows of other processes. Rows of its own process arrive at once. */
const POLL_MS = 250

export class CommandLog {
  readonly #store: Store
  readonly #writer: LogWriter
  readonly #group: GroupWriter<Item, Result>
  #wake = (): void => undefined
  #written = new Promise<void>((resolve) => {
    this.#wake = resolve
  })

  constructor(store: Store) {
    this.#store = store
    this.#writer = new LogWriter(store)
    this.#group = new GroupWriter((items) => this.#write(items), LIMITS)
  }

  /**
   * Logs one command; resolves once it is durable.
   * @param options.idempotencyKey 1..200 characters; a key that the agent has used before logs nothing
   * @throws AppError VALIDATION_ERROR when another row has this `command_id`; QUEUE_FULL; the codes of the store
   */
  async append(row: NewCommandLogRow, options: { readonly idempotencyKey?: string } = {}): Promise<Appended> {
    const { idempotencyKey } = options
    if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > MAX_KEY)) {
      throw new AppError('VALIDATION_ERROR', `an idempotency key has 1 to ${MAX_KEY} characters`)
    }
    const result = await this.#group.add({ row: rowToInsert(row, { createdAt: Date.now(), idempotencyKey }) })
    if ('error' in result) throw result.error
    if ('id' in result) return result
    throw new Error('unexpected result from the log worker')
  }

  /**
   * Records the outcome of a command; durable when it resolves. False: the command does not exist.
   * @param score the score of the command's slot at that time, if it has one
   */
  async setOutcome(commandId: string, outcome: string, score: number | null = null): Promise<boolean> {
    const text = storedText(outcome)
    const result = await this.#group.add({
      outcome: { command_id: commandId, outcome: text, outcome_kind: outcomeKind(text), score },
    })
    if ('error' in result) throw result.error
    return 'wasFound' in result && result.wasFound
  }

  async #write(items: readonly Item[]): Promise<Result[]> {
    try {
      return await this.#writeTogether(items)
    } catch (error) {
      // Store errors apply to all rows. Any other error concerns a single row.
      const isOfStore = error instanceof AppError && error.code !== 'VALIDATION_ERROR'
      if (isOfStore || items.length === 1) throw error
      const results: Result[] = []
      for (const item of items)
        results.push(...(await this.#write([item]).catch((fault: unknown) => [{ error: fault }])))
      return results
    }
  }

  async #writeTogether(items: readonly Item[]): Promise<Result[]> {
    const rows = items.flatMap((item) => ('row' in item ? [item.row] : []))
    const outcomes = items.flatMap((item) => ('outcome' in item ? [item.outcome] : []))
    const { ids, found } = await this.#writer.write({ rows, outcomes })
    const results: Result[] = []
    let next = 0
    for (const item of items) {
      if ('outcome' in item) {
        results.push({ wasFound: found.has(item.outcome.command_id) })
        continue
      }
      const id = at(ids, next++)
      results.push(
        id === 0 ? await this.#findFirst(item.row) : { id, command_id: item.row.command_id, isRepeat: false },
      )
    }
    this.#announce()
    return results
  }

  async #findFirst(row: RowToInsert): Promise<Result> {
    const { agent_id, idempotency_key: key, command_id } = row
    const first =
      key === null
        ? undefined
        : await this.#store.db
            .selectFrom('commands')
            .select(['id', 'command_id'])
            .where('agent_id', '=', agent_id)
            .where('idempotency_key', '=', key)
            .executeTakeFirst()
    if (first) return { id: first.id, command_id: first.command_id, isRepeat: true }
    return { error: new AppError('VALIDATION_ERROR', `command ${command_id} is already in the log`) }
  }

  #announce(): void {
    const wake = this.#wake
    this.#written = new Promise((resolve) => {
      this.#wake = resolve
    })
    wake()
  }

  /**
   * One page, newest first.
   * @throws AppError VALIDATION_ERROR for an invalid limit, offset or cursor
   */
  async query(filters: CommandFilters = {}, page: PageRequest = {}): Promise<CommandPage> {
    const { limit = DEFAULT_PAGE, offset = 0, cursor } = page
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_COMMAND_PAGE) {
      throw new AppError('VALIDATION_ERROR', `limit must be a whole number from 1 to ${MAX_COMMAND_PAGE}`)
    }
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new AppError('VALIDATION_ERROR', 'offset must be a whole number from 0')
    }
    const after = cursor === undefined ? undefined : parseCursor(cursor)
    const rows = await new LogReader(this.#store).page(filters, { order: 'newest', limit: limit + 1, offset, after })
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return { entries: shown.map(formatRow), next_cursor: rows.length > limit && last ? formatCursor(last) : null }
  }

  /** One row by its number; undefined if it does not exist. */
  async get(id: number): Promise<CommandLogRow | undefined> {
    const reader = new LogReader(this.#store)
    const [row] = await reader.page({}, { order: 'logged', limit: 1, after: { timestamp: 0, id: id - 1 } })
    return row?.id === id ? formatRow(row) : undefined
  }

  /** The row of a command by the adapter's id for it; undefined if it does not exist. */
  async find(commandId: string): Promise<CommandLogRow | undefined> {
    const { db } = this.#store
    const row = await db.selectFrom('commands').select('id').where('command_id', '=', commandId).executeTakeFirst()
    return row && this.get(row.id)
  }

  count(filters: CommandFilters = {}): Promise<number> {
    return countRows(this.#store, filters)
  }

  /**
   * Every row, oldest first (by timestamp, then by number), in batches, for datasets. Memory is bounded; JSON columns
   * are text as stored.
   */
  readRows(
    filters: CommandFilters = {},
    { batch = READ_BATCH }: { readonly batch?: number } = {},
  ): AsyncGenerator<readonly StoredRow[]> {
    return readInOrder(this.#store, filters, { limit: batch })
  }

  /**
   * Streams rows as they are logged, including those of other processes, until `signal` is aborted.
   * @param options.last how many of the newest rows to send first
   */
  async *tail(
    filters: CommandFilters,
    { last = 0, signal }: { readonly last?: number; readonly signal: AbortSignal },
  ): AsyncGenerator<CommandLogRow> {
    const reader = new LogReader(this.#store)
    // The position is read before the first rows, so that none is missed.
    let place = await this.#lastId()
    if (last > 0) {
      const rows = await reader.page(filters, { order: 'newest', limit: Math.min(last, MAX_COMMAND_PAGE) })
      yield* rows
        .filter((row) => row.id <= place)
        .sort((a, b) => a.id - b.id)
        .map(formatRow)
    }
    while (!signal.aborted) {
      // Captured before the page is read, so that rows written in the meantime wake the next round.
      const written = this.#written
      const rows = await reader.page(filters, {
        order: 'logged',
        limit: READ_BATCH,
        after: { timestamp: 0, id: place },
      })
      for (const row of rows) yield formatRow(row)
      place = rows.at(-1)?.id ?? place
      if (rows.length < READ_BATCH) await pause(POLL_MS, { until: written, signal })
    }
  }

  async #lastId(): Promise<number> {
    const { last } = await this.#store.db
      .selectFrom('commands')
      .select(({ fn }) => fn.max<number | null>('id').as('last'))
      .executeTakeFirstOrThrow()
    return Number(last ?? 0)
  }

  /**
   * Deletes rows strictly older than the cutoff. With `archive`, it first writes them to a file, and deletes nothing
   * before the file is durable.
   * @throws AppError VALIDATION_ERROR, FILE_UNWRITABLE
   */
  async rotate(options: RotateOptions): Promise<Rotated> {
    const { maxAgeDays, archive, isDryRun = false, now = Date.now(), onProgress } = options
    const timestamp = now - maxAgeDays * DAY_MS
    if (!(maxAgeDays >= 0) || !Number.isFinite(new Date(timestamp).getTime())) {
      throw new AppError('VALIDATION_ERROR', 'the maximum age must be a number of days, 0 or more')
    }
    const cut: Cut = { timestamp, id: await this.#lastId() }
    const cutoff = new Date(timestamp).toISOString()
    if (isDryRun) {
      const until = new Date(timestamp - 1).toISOString()
      return { cutoff, deleted: await this.count({ until }), archived: 0 }
    }
    let archived = 0
    if (archive !== undefined) {
      const pages = counting(readOld(this.#store, cut), (count) => onProgress?.({ archived: count, deleted: 0 }))
      archived = await writeArchive(archive, { log: await this.#name(), cutoff }, pages)
    }
    const deleted = await deleteOld(this.#store, cut, (count) => onProgress?.({ archived, deleted: count }))
    if (deleted > 0) await deleteUnused(this.#store)
    return { cutoff, deleted, archived }
  }

  /**
   * Reads an archive back. Existing rows are not changed.
   * @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR; rows before the faulty line stay in the log
   */
  async importArchive(path: string): Promise<ImportCount> {
    const archive = await openArchive(path)
    try {
      const parts = { log: archive.header.log, ownLog: await this.#name(), rows: archive.rows() }
      return await importArchive(this.#store, this.#writer, parts)
    } finally {
      archive.close()
      this.#announce()
    }
  }

  /** Adds rows from other sources, each only once, identified by its origin. */
  async importRows(rows: AsyncIterable<ForeignRow>): Promise<ImportCount> {
    const count = await importForeign(this.#writer, rows)
    this.#announce()
    return count
  }

  /** The log's own name, created once and kept in the store. */
  async #name(): Promise<string> {
    const { db } = this.#store
    const fresh = { name: 'log', value: randomUUID() }
    await db
      .insertInto('store_facts')
      .values(fresh)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
    const { value } = await db
      .selectFrom('store_facts')
      .select('value')
      .where('name', '=', 'log')
      .executeTakeFirstOrThrow()
    return value
  }

  /** Resolves once all pending rows have been written or rejected. */
  drain(): Promise<void> {
    return this.#group.drain()
  }
}

async function* counting<T>(
  pages: AsyncIterable<readonly T[]>,
  tell: (count: number) => void,
): AsyncGenerator<readonly T[]> {
  let count = 0
  for await (const page of pages) {
    yield page
    count += page.length
    tell(count)
  }
}

/** Waits until a row is written, `ms` milliseconds have passed, or the signal is aborted. Never rejects. */
async function pause(ms: number, { until, signal }: { until: Promise<void>; signal: AbortSignal }): Promise<void> {
  const over = new AbortController()
  const isOver = sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined)
  await Promise.race([until, isOver])
  over.abort()
}
