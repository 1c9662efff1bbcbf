// Kysely's driver over a pool of PostgreSQL connections. A connection that broke, timed out or may be inside a
// transaction of unknown state is closed instead of returned to the pool. Every failure has one of our codes.
import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type pg from 'pg'
import { AppError } from '../kernel/errors.ts'
import { toStoreError } from './faults.ts'

export class PostgresPoolDriver implements Driver {
  readonly #pool: pg.Pool
  /** Names the database in errors: host and database, never the user or the password. */
  readonly #where: string

  constructor(pool: pg.Pool, where: string) {
    this.#pool = pool
    this.#where = where
  }

  async init(): Promise<void> {
    // The pool connects at the first query.
  }

  async acquireConnection(): Promise<PooledConnection> {
    try {
      return new PooledConnection(await this.#pool.connect(), this.#where)
    } catch (error) {
      throw toStoreError(error, this.#where)
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel, accessMode } = settings
    const words = ['start transaction']
    if (isolationLevel) words.push(`isolation level ${isolationLevel}`)
    if (accessMode) words.push(accessMode)
    try {
      await connection.executeQuery(CompiledQuery.raw(words.join(' ')))
    } catch (error) {
      // The transaction may have begun: no other caller may get this connection.
      pooled(connection).isBroken = true
      throw error
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const command = await pooled(connection).command('commit')
    // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback.
    if (command === 'ROLLBACK') throw new AbortedTransactionError()
  }

  /** Never fails: the caller receives the original failure, and a connection that cannot roll back is closed. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const each = pooled(connection)
    if (each.isBroken) return
    try {
      await each.command('rollback')
    } catch {
      // Closing the connection rolls back as well.
      each.isBroken = true
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    pooled(connection).release()
  }

  destroy(): Promise<void> {
    return this.#pool.end()
  }
}

/** One connection while a caller holds it. */
export class PooledConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient
  readonly #where: string
  /** True once no further query may run on this connection. */
  isBroken = false

  constructor(client: pg.PoolClient, where: string) {
    this.#client = client
    this.#where = where
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    for (const parameter of parameters) refuseNul(parameter)
    const { command, rowCount, rows } = await this.#query(sql, parameters)
    const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
    return isChange ? { numAffectedRows: BigInt(rowCount ?? 0), rows } : { rows }
  }

  /** Runs a statement without parameters, and returns the command tag of the server. */
  async command(sql: string): Promise<string> {
    return (await this.#query(sql, [])).command
  }

  async #query(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.#client.query(sql, [...parameters])
    } catch (error) {
      const known = toStoreError(error, this.#where)
      if (known instanceof AppError && known.code === 'STORE_UNAVAILABLE') this.isBroken = true
      throw known
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('read in pages: no cursor is kept open')
  }

  release(): void {
    this.#client.release(this.isBroken)
  }
}

function pooled(connection: DatabaseConnection): PooledConnection {
  if (connection instanceof PooledConnection) return connection
  throw new Error('this connection belongs to another driver')
}

/**
 * PostgreSQL cannot store U+0000 in text. Detected here, it is the caller's error and the connection stays usable.
 * @throws AppError VALIDATION_ERROR
 */
function refuseNul(parameter: unknown): void {
  if (typeof parameter === 'string') {
    if (parameter.includes('\0'))
      throw new AppError('VALIDATION_ERROR', 'text with the character U+0000 cannot be stored')
  } else if (Array.isArray(parameter)) {
    for (const each of parameter) refuseNul(each)
  }
}
