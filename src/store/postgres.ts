// The pool of PostgreSQL connections of one store: its limits, and the handling of lost connections, so that they do
// not end the process. Queries and transactions: postgres-driver.ts.
import { type Dialect, type Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import pg from 'pg'
import { AppError } from '../kernel/errors.ts'
import { PostgresPoolDriver } from './postgres-driver.ts'

/** Connections per process. */
const MAX_CONNECTIONS = 10
/** How long a query waits for a connection, new or returned, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5000
/** How long a statement waits for a lock, in milliseconds. */
const LOCK_TIMEOUT_MS = 15_000
/**
 * The server ends a statement after this time. Reads are paged and writes are batched, so none takes nearly as long.
 */
const STATEMENT_TIMEOUT_MS = 60_000
/** The server ends a transaction that is idle for this time, and releases its locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
/**
 * A connection without an answer for this time is closed: a machine that is off, or a network that drops packets, sends
 * no reset. Longer than the server's own limits, so that the server reports first where it can.
 */
const ANSWER_TIMEOUT_MS = 75_000
const KEEP_ALIVE_DELAY_MS = 10_000
const INT8_OID = 20

export interface PostgresPool {
  readonly dialect: Dialect
  /** Host, port and database: never the user or the password. */
  readonly where: string
}

/**
 * @param use `migrate`: one connection whose statements have no time limit; `serve`: limits on everything
 * @throws AppError STORE_UNAVAILABLE when the URL cannot be parsed
 */
export function createPostgres(url: string, use: 'serve' | 'migrate'): PostgresPool {
  const where = describeUrl(url)
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    application_name: 'paracosm',
    types: { getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)) },
    ...(use === 'migrate' ? { max: 1 } : SERVE_LIMITS),
  })
  // An idle connection that breaks is replaced; the next query reports it if the server is gone.
  pool.on('error', () => undefined)
  // The pool handles errors only of idle connections. One that breaks in use rejects its queries, and also emits
  // `error`, which would end the process without a listener.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return {
    where,
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PostgresPoolDriver(pool, where),
      createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }
}

const SERVE_LIMITS = {
  max: MAX_CONNECTIONS,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
} as const

function describeUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    if (/^postgres(?:ql)?:$/.test(protocol)) return `PostgreSQL at ${host}${pathname}`
  } catch {
    // Reported below without the text, which may contain a password.
  }
  throw new AppError('STORE_UNAVAILABLE', 'the database URL does not have the form postgres://user:password@host/name')
}
