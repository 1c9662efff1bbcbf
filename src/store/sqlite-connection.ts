// One connection to a SQLite file. Its calls block: it is used in the worker thread of a server, or inline in a short
// command.
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'

export interface SqliteFile {
  readonly path: string
  readonly isReadOnly: boolean
  /** How long a statement waits for another process's lock, in milliseconds. */
  readonly busyTimeoutMs: number
}

/** One statement; with `rows`, it runs once per row. */
export interface SqliteStatement {
  readonly sql: string
  readonly parameters?: readonly unknown[]
  /** Lists of parameters. */
  readonly rows?: readonly (readonly unknown[])[]
}

/** Rows as lists of values in the order of `columns`: cheaper to transfer than objects. */
export interface SqliteResult {
  readonly columns: readonly string[]
  readonly values: readonly (readonly SQLOutputValue[])[]
  readonly changes: number
  readonly lastId: number
  /** For a statement with `rows`: the id of each row, 0 where it was not inserted. */
  readonly ids?: readonly number[]
}

/** Maximum number of prepared statements that are cached. */
const MAX_PREPARED = 256
const CACHE_KIB = { written: 64 * 1024, read: 16 * 1024 }
/** Pages of 4 KiB in the write-ahead log before a checkpoint; 8 MiB keeps each checkpoint short. */
const CHECKPOINT_PAGES = 2000

interface Prepared {
  readonly statement: StatementSync
  readonly columns: readonly string[]
}

export class SqliteConnection {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(file: SqliteFile) {
    this.#db = new DatabaseSync(file.path, {
      readOnly: file.isReadOnly,
      timeout: file.busyTimeoutMs,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
    })
    try {
      // This is also the first access to the file: one that is not a database fails here.
      if (!file.isReadOnly) this.#db.exec('pragma journal_mode = wal')
      this.#db.exec(`pragma synchronous = full; pragma cache_size = -${file.isReadOnly ? CACHE_KIB.read : CACHE_KIB.written};
        pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma temp_store = memory`)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  run({ sql, parameters = [], rows }: SqliteStatement): SqliteResult {
    const { statement, columns } = this.#prepare(sql)
    if (rows !== undefined) return { columns, values: [], changes: 0, lastId: 0, ids: runRows(statement, rows) }
    const bound = parameters.map(toInput)
    if (columns.length > 0) {
      // With arrays switched on, rows are lists; the types of node:sqlite declare only objects.
      const values: unknown[] = statement.all(...bound)
      return { columns, values: values.map(toList), changes: values.length, lastId: 0 }
    }
    const { changes, lastInsertRowid } = statement.run(...bound)
    return { columns, values: [], changes: Number(changes), lastId: Number(lastInsertRowid) }
  }

  /** Runs all of them in one transaction. */
  batch(statements: readonly SqliteStatement[]): SqliteResult[] {
    this.#db.exec('begin immediate')
    try {
      const results = statements.map((each) => this.run(each))
      this.#db.exec('commit')
      return results
    } catch (error) {
      // Some failures (such as a full disk) have already rolled back.
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = this.#db.prepare(sql)
    statement.setReturnArrays(true)
    const prepared = { statement, columns: statement.columns().map((each) => each.name) }
    // A statement that changes tables invalidates prepared ones.
    if (/^\s*(?:create|alter|drop)\b/i.test(sql)) this.#prepared.clear()
    else this.#prepared.set(sql, prepared)
    const [oldest] = this.#prepared.keys()
    if (this.#prepared.size > MAX_PREPARED && oldest !== undefined) this.#prepared.delete(oldest)
    return prepared
  }

  close(): void {
    this.#prepared.clear()
    this.#db.close()
  }
}

function runRows(statement: StatementSync, rows: readonly (readonly unknown[])[]): number[] {
  return rows.map((row) => {
    const { changes, lastInsertRowid } = statement.run(...row.map(toInput))
    return Number(changes) === 0 ? 0 : Number(lastInsertRowid)
  })
}

function toList(row: unknown): readonly SQLOutputValue[] {
  return Array.isArray(row) ? row : []
}

function toInput(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`a column takes text, numbers, bytes and null, not ${typeof value}`)
}
