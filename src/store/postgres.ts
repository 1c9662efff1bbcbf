// Kysely over a pool of PostgreSQL connections, with failures in our codes.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import pg from 'pg'
import { AppError } from '../kernel/errors.ts'
import { toStoreError } from './faults.ts'

/** Connections of one process. */
const MAX_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 5000
/** Milliseconds that a statement waits for another's lock. */
const LOCK_TIMEOUT_MS = 15_000
const INT8_OID = 20

export interface PostgresPool {
  readonly dialect: Dialect
  /** Host, port and database: never the user or the password. */
  readonly where: string
}

/** @throws AppError STORE_UNAVAILABLE when the URL cannot be read */
export function createPostgres(url: string): PostgresPool {
  const where = describeUrl(url)
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    application_name: 'paracosm',
    types: { getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)) },
  })
  // An idle connection that breaks is replaced; whoever needs one next hears of it if the server is gone.
  pool.on('error', () => undefined)
  const inner = new PostgresDialect({ pool })
  return {
    where,
    dialect: {
      createAdapter: () => inner.createAdapter(),
      createDriver: () => new TranslatingDriver(inner.createDriver(), where),
      createIntrospector: (db: Kysely<unknown>) => inner.createIntrospector(db),
      createQueryCompiler: () => inner.createQueryCompiler(),
    },
  }
}

function describeUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    if (/^postgres(?:ql)?:$/.test(protocol)) return `PostgreSQL at ${host}${pathname}`
  } catch {
    // Said below, without the text: it may hold a password.
  }
  throw new AppError('STORE_UNAVAILABLE', 'the URL of the database does not read postgres://user:password@host/name')
}

/** Passes everything on, and says what fails in our codes. */
class TranslatingDriver implements Driver {
  readonly #inner: Driver
  readonly #where: string
  readonly #wrapped = new WeakMap<DatabaseConnection, TranslatingConnection>()

  constructor(inner: Driver, where: string) {
    this.#inner = inner
    this.#where = where
  }

  async #translate<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw toStoreError(error, this.#where)
    }
  }

  init(): Promise<void> {
    return this.#inner.init()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await this.#translate(() => this.#inner.acquireConnection())
    const known = this.#wrapped.get(connection)
    if (known) return known
    const wrapped = new TranslatingConnection(connection, this.#where)
    this.#wrapped.set(connection, wrapped)
    return wrapped
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#translate(() => this.#inner.beginTransaction(innerOf(connection), settings))
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#translate(() => this.#inner.commitTransaction(innerOf(connection)))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#translate(() => this.#inner.rollbackTransaction(innerOf(connection)))
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#inner.releaseConnection(innerOf(connection))
  }

  destroy(): Promise<void> {
    return this.#inner.destroy()
  }
}

class TranslatingConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #where: string

  constructor(inner: DatabaseConnection, where: string) {
    this.inner = inner
    this.#where = where
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.inner.executeQuery<R>(query)
    } catch (error) {
      throw toStoreError(error, this.#where)
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('read in pages: no cursor is kept open')
  }
}

const innerOf = (connection: DatabaseConnection): DatabaseConnection =>
  connection instanceof TranslatingConnection ? connection.inner : connection
