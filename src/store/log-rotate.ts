// Deletes old rows of the log in batches, so that waiting writers can proceed in between.

import { sql } from 'kysely'
import { at } from '../kernel/at.ts'
import { readInOrder } from './log-read.ts'
import type { StoredRow } from './log-rows.ts'
import { LOG_LOCK } from './log-write.ts'
import type { SqliteStatement } from './sqlite-connection.ts'
import type { Store } from './store.ts'

/** Target duration of one delete batch, in milliseconds; its size follows from the duration of the previous one. */
const SLICE_MS = 20
const SLICE = { first: 500, least: 100, most: 10_000 } as const
/** Perceptions examined per batch. */
const PERCEPTIONS = 4000
const PAGE = 1000

/** Rows older than this instant, up to this number. Rows logged during a rotation are kept. */
export interface Cut {
  readonly timestamp: number
  readonly id: number
}

export const readOld = (store: Store, cut: Cut): AsyncGenerator<readonly StoredRow[]> =>
  readInOrder(store, {}, { limit: PAGE, before: cut })

/** @returns how many rows were deleted */
export async function deleteOld(store: Store, cut: Cut, onProgress?: (deleted: number) => void): Promise<number> {
  let deleted = 0
  let size: number = SLICE.first
  for (;;) {
    const started = performance.now()
    const count = await runSlice(store, DELETE_ROWS, [cut.timestamp, cut.id, size])
    deleted += count
    onProgress?.(deleted)
    if (count < size) return deleted
    size = nextSize(size, performance.now() - started)
  }
}

/** Grows slowly and shrinks at once, so that a slow disk gets small batches. */
function nextSize(size: number, tookMs: number): number {
  const wanted = Math.round((size * SLICE_MS) / Math.max(1, tookMs))
  return Math.min(SLICE.most, Math.max(SLICE.least, Math.min(wanted, size * 2)))
}

/** Deletes perceptions that no row references. */
export async function deleteUnused(store: Store): Promise<number> {
  const { last } = await store.db
    .selectFrom('perceptions')
    .select(({ fn }) => fn.max<number | null>('id').as('last'))
    .executeTakeFirstOrThrow()
  let deleted = 0
  for (let from = 0; from < Number(last ?? 0); from += PERCEPTIONS) {
    deleted += await runSlice(store, DELETE_PERCEPTIONS, [from, from + PERCEPTIONS])
  }
  return deleted
}

// `?` is a parameter on both backends; each is used once, in order.
const DELETE_ROWS = `delete from commands where id in
  (select id from commands where timestamp < ? and id <= ? order by timestamp limit ?)`
const DELETE_PERCEPTIONS = `delete from perceptions where id > ? and id <= ?
  and not exists (select 1 from commands where commands.perception_id = perceptions.id)`

async function runSlice(store: Store, text: string, parameters: readonly number[]): Promise<number> {
  if (store.channel) {
    const statement: SqliteStatement = { sql: text, parameters }
    const [result] = await store.channel.batch([statement])
    return result?.changes ?? 0
  }
  return store.transaction(async (tx) => {
    // The lock of the log's writers: a perception is never deleted between a writer's lookup and its insert.
    await sql`select pg_advisory_xact_lock(${LOG_LOCK})`.execute(tx)
    const parts = text.split('?')
    const query = parts
      .slice(1)
      .reduce((sofar, part, index) => sql`${sofar}${parameters[index]}${sql.raw(part)}`, sql.raw(at(parts, 0)))
    const { numAffectedRows } = await query.execute(tx)
    return Number(numAffectedRows ?? 0)
  })
}
