// Kysely over a SqliteChannel. The single connection serves one caller at a time. Transactions take the write lock at
// once, so that none has to be aborted halfway.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import type { SqliteChannel } from './sqlite-channel.ts'
import type { SqliteResult } from './sqlite-connection.ts'

export function createSqliteDialect(channel: SqliteChannel): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(channel),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class SqliteDriver implements Driver {
  readonly #channel: SqliteChannel
  readonly #connection: DatabaseConnection
  #unlock = (): void => undefined

  constructor(channel: SqliteChannel) {
    this.#channel = channel
    this.#connection = {
      executeQuery: async <R>({ sql, parameters }: CompiledQuery) =>
        toQueryResult<R>(await channel.run({ sql, parameters })),
      streamQuery: () => {
        throw new Error('read in pages: the connection is for everybody')
      },
    }
  }

  async init(): Promise<void> {
    // The channel is already open.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#unlock = await this.#channel.mutex.lock()
    return this.#connection
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(settings.accessMode === 'read only' ? 'begin' : 'begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'))
    } catch (error) {
      // A failure such as a full disk has already rolled back; the caller should receive that failure itself.
      if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error
    }
  }

  async releaseConnection(): Promise<void> {
    this.#unlock()
  }

  async destroy(): Promise<void> {
    // The channel belongs to the store, which closes it.
  }
}

function toQueryResult<R>(result: SqliteResult): QueryResult<R> {
  return {
    rows: result.values.map((values) => toRow(result.columns, values)),
    numAffectedRows: BigInt(result.changes),
    insertId: BigInt(result.lastId),
  }
}

function toRow<R>(columns: readonly string[], values: readonly unknown[]): R {
  const pairs: readonly unknown[][] = columns.map((name, index) => [name, values[index]])
  return Object.fromEntries(pairs)
}
