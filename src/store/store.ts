// Opens the store: one set of tables on SQLite (a file, no service to start) or on PostgreSQL. Unusable databases are
// refused here with a specific code; a broken file is never replaced by a new one.

import { join } from 'node:path'
import { Kysely, sql, type Transaction } from 'kysely'
import { AppError } from '../kernel/errors.ts'
import { PRIVATE_FILE, restrict } from '../lib/private.ts'
import { toStoreError } from './faults.ts'
import { checkVersion, migrate } from './migrate.ts'
import { createPostgres } from './postgres.ts'
import { openInline, openThread, type SqliteChannel } from './sqlite-channel.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { createWhole, inspectFile } from './sqlite-file.ts'
import type { Tables } from './tables.ts'

export interface SqliteTarget {
  readonly kind: 'sqlite'
  readonly path: string
  /**
   * `create`: a missing file is created. `existing`: a missing file is an error. `read`: likewise, and nothing is
   * changed.
   */
  readonly mode: 'create' | 'existing' | 'read'
  /** `thread`: queries never block the caller (servers). `inline`: they do (short commands). */
  readonly runs: 'thread' | 'inline'
  /** How long a statement waits for another process's lock, in milliseconds. */
  readonly busyTimeoutMs?: number
}

export interface PostgresTarget {
  readonly kind: 'postgres'
  readonly url: string
}

export type StoreTarget = SqliteTarget | PostgresTarget

export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  /** Names the database in messages: a path, or host and name. Never a secret. */
  readonly where: string
  readonly db: Kysely<Tables>
  /** For SQLite stores: bypasses Kysely on hot paths. */
  readonly channel: SqliteChannel | undefined
  /**
   * All or nothing. On SQLite, transactions run one after another and must not wait for each other; on PostgreSQL they
   * run at `read committed`.
   */
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>
  /**
   * Resolves when the database answers a small query within `timeoutMs`. Concurrent calls share one query.
   * @throws AppError STORE_UNAVAILABLE, STORE_BUSY (no answer in time) and the other codes of the store
   */
  ping(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

/** The store of a data folder without a configured PostgreSQL. */
export const storeInFolder = (folder: string, use: Pick<SqliteTarget, 'mode' | 'runs'>): SqliteTarget => ({
  kind: 'sqlite',
  path: join(folder, 'paracosm.sqlite'),
  ...use,
})

const BUSY_TIMEOUT_MS = 5000
/** Files up to this size are read and checked completely when they are opened. */
export const CHECKED_BYTES = 64 * 1024 * 1024

/**
 * @throws AppError STORE_UNAVAILABLE (missing, a folder, not ours, no server), STORE_CORRUPT, STORE_READ_ONLY,
 * STORE_FULL, STORE_BUSY (another process holds it), STORE_VERSION (a newer release has written it)
 */
export function openStore(target: StoreTarget): Promise<Store> {
  return target.kind === 'sqlite' ? openSqlite(target) : openPostgres(target)
}

async function openSqlite(target: SqliteTarget): Promise<Store> {
  const { path, mode } = target
  const isWritten = mode !== 'read'
  let size = await inspectFile(path, isWritten)
  if (size === undefined) {
    if (mode !== 'create') throw new AppError('STORE_UNAVAILABLE', `there is no database at ${path}`)
    await createWhole(path, async (temporary) => {
      const store = await connect({ ...target, path: temporary, runs: 'inline' })
      try {
        await migrate(store)
        // Closing does this too, but does not report a full disk: the file would then lack its last pages.
        await sql`pragma wal_checkpoint(truncate)`.execute(store.db)
      } finally {
        await store.close()
      }
    })
    size = await inspectFile(path, isWritten)
  }
  if (isWritten) for (const suffix of ['', '-wal', '-shm']) await restrict(`${path}${suffix}`, PRIVATE_FILE)
  const store = await connect(target)
  try {
    await checkSqlite(store, size ?? 0)
    await (mode === 'read' ? checkVersion(store) : migrate(store))
    return store
  } catch (error) {
    await store.close()
    throw toStoreError(error, path)
  }
}

async function connect(target: SqliteTarget): Promise<Store> {
  const { path, mode, runs, busyTimeoutMs = BUSY_TIMEOUT_MS } = target
  const file = { path, isReadOnly: mode === 'read', busyTimeoutMs }
  const channel = runs === 'thread' ? await openThread(file) : openInline(file)
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(channel) })
  return createStore({ kind: 'sqlite', where: path, db, channel })
}

async function checkSqlite({ db, where }: Store, size: number): Promise<void> {
  const ours = await sql`select 1 from sqlite_schema where name = 'store_migrations'`.execute(db)
  if (ours.rows.length === 0) throw new AppError('STORE_UNAVAILABLE', `${where} is a database, but not one of paracosm`)
  if (size > CHECKED_BYTES) return
  const found = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db)
  const [first] = found.rows
  if (first?.quick_check !== 'ok')
    throw new AppError('STORE_CORRUPT', `${where}: ${first?.quick_check ?? 'unreadable'}`)
}

async function openPostgres({ url }: PostgresTarget): Promise<Store> {
  const connectTo = (use: 'serve' | 'migrate'): Store => {
    const { dialect, where } = createPostgres(url, use)
    return createStore({ kind: 'postgres', where, db: new Kysely<Tables>({ dialect }), channel: undefined })
  }
  const migrating = connectTo('migrate')
  try {
    await migrate(migrating)
  } finally {
    await migrating.close()
  }
  return connectTo('serve')
}

function createStore(parts: Pick<Store, 'kind' | 'where' | 'db' | 'channel'>): Store {
  let isClosed = false
  const pinged = sharing(() => askSmall(parts))
  return {
    ...parts,
    transaction: (work) => parts.db.transaction().execute(work),
    ping: (timeoutMs) => inTime(pinged(), timeoutMs, parts.where),
    async close() {
      if (isClosed) return
      isClosed = true
      await parts.db.destroy()
      await parts.channel?.close()
    },
  }
}

/** The smallest query that reaches the database. On SQLite it reads the file, bypassing a transaction in progress. */
async function askSmall({ db, channel }: Pick<Store, 'db' | 'channel'>): Promise<void> {
  if (channel) await channel.run({ sql: 'select name from store_facts limit 1' })
  else await sql`select 1`.execute(db)
}

/** Runs the work once at a time: concurrent callers share the same result. */
function sharing(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}

async function inTime(work: Promise<void>, timeoutMs: number, where: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new AppError('STORE_BUSY', `${where} did not answer within ${timeoutMs} ms`)
    timer = setTimeout(() => reject(error), timeoutMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
