// Imports rows into the log: from archives (of this log or another), and from callers that name the origin of each row.
// Every row has an origin and a number there, so that it is imported only once.
import type { ArchivedCommand, NewCommandLogRow } from '../protocol/command-log.ts'
import { type RowToInsert, rowToInsert } from './log-rows.ts'
import type { LogWriter } from './log-write.ts'
import type { Store } from './store.ts'

/** A row with the name of its source and its number there (from 1). */
export interface ForeignRow {
  readonly row: NewCommandLogRow
  readonly origin: { readonly name: string; readonly id: number }
  /** When it was logged at its source; undefined: now. */
  readonly createdAt?: number
}

export interface ImportCount {
  readonly read: number
  readonly added: number
}

/** Rows per transaction. */
const BATCH = 500

/** Adds rows that do not exist yet. */
export async function importForeign(writer: LogWriter, rows: AsyncIterable<ForeignRow>): Promise<ImportCount> {
  return inBatches(rows, async (batch) => {
    const now = Date.now()
    const prepared = batch.map(({ row, origin, createdAt = now }) => rowToInsert(row, { createdAt, origin }))
    const { ids } = await writer.write({ rows: prepared, outcomes: [] })
    return ids.filter((id) => id !== 0).length
  })
}

/** Adds the rows of an archive; rows from this log get their old numbers back. */
export async function importArchive(
  store: Store,
  writer: LogWriter,
  archive: { readonly log: string; readonly ownLog: string; readonly rows: AsyncIterable<ArchivedCommand> },
): Promise<ImportCount> {
  const isOwn = archive.log === archive.ownLog
  return inBatches(archive.rows, async (batch) => {
    const present = isOwn ? await readPresent(store, batch) : new Map<number, string>()
    const prepared = batch.flatMap((row) => {
      const at = present.get(row.id)
      if (at !== undefined && at === identity(Date.parse(row.timestamp), row)) return []
      // The number is taken: this log is a copy, and has diverged since.
      return [isOwn && at === undefined ? keepNumber(row) : giveNumber(row, archive.log)]
    })
    const { ids } = await writer.write({ rows: prepared, outcomes: [] })
    return ids.filter((id) => id !== 0).length
  })
}

async function inBatches<T>(items: AsyncIterable<T>, write: (batch: T[]) => Promise<number>): Promise<ImportCount> {
  const count = { read: 0, added: 0 }
  let batch: T[] = []
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    count.read += batch.length
    count.added += await write(batch)
    batch = []
  }
  for await (const item of items) {
    batch.push(item)
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  return count
}

const identity = (timestamp: number, row: { agent_id: string; command: string }): string =>
  JSON.stringify([timestamp, row.agent_id, row.command])

async function readPresent(store: Store, batch: readonly ArchivedCommand[]): Promise<Map<number, string>> {
  const rows = await store.db
    .selectFrom('commands')
    .select(['id', 'timestamp', 'agent_id', 'command'])
    .where(
      'id',
      'in',
      batch.map((row) => row.id),
    )
    .execute()
  return new Map(rows.map((row) => [row.id, identity(row.timestamp, row)]))
}

function keepNumber(row: ArchivedCommand): RowToInsert & { id: number } {
  const origin =
    row.origin !== undefined && row.origin_id !== undefined ? { name: row.origin, id: row.origin_id } : undefined
  return { ...rowToInsert(row, { createdAt: Date.parse(row.created_at), origin }), id: row.id }
}

function giveNumber(row: ArchivedCommand, log: string): RowToInsert {
  const { origin = `log:${log}`, origin_id: id = row.id } = row
  return rowToInsert(row, { createdAt: Date.parse(row.created_at), origin: { name: origin, id } })
}
