// Translates database errors to our codes. The text of a URL is never included: it may contain a password.
import { AppError, type ErrorCode } from '../kernel/errors.ts'

/** An SQLite error from the worker thread. `errcode` is SQLite's extended result code. */
export class SqliteFault extends Error {
  readonly errcode: number

  constructor(message: string, errcode: number) {
    super(message)
    this.name = 'SqliteFault'
    this.errcode = errcode
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const SQLITE_CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'STORE_BUSY',
  6: 'STORE_BUSY',
  8: 'STORE_READ_ONLY',
  10: 'STORE_UNAVAILABLE',
  11: 'STORE_CORRUPT',
  13: 'STORE_FULL',
  14: 'STORE_UNAVAILABLE',
  26: 'STORE_CORRUPT',
}

/** SQLSTATE values, and Node's own system error codes (postgresql.org/docs/current/errcodes-appendix.html). */
const NAMED_CODES: Readonly<Record<string, ErrorCode>> = {
  // Text that PostgreSQL cannot store: not UTF-8, or containing U+0000; or a \\u0000 in JSON that it decodes.
  '22021': 'VALIDATION_ERROR',
  '22P05': 'VALIDATION_ERROR',
  '25006': 'STORE_READ_ONLY',
  // The server closed a connection whose transaction was idle or ran for too long.
  '25P03': 'STORE_UNAVAILABLE',
  '25P04': 'STORE_UNAVAILABLE',
  '40001': 'STORE_BUSY',
  '40P01': 'STORE_BUSY',
  '53100': 'STORE_FULL',
  '55P03': 'STORE_BUSY',
  '57014': 'STORE_BUSY',
  XX001: 'STORE_CORRUPT',
  XX002: 'STORE_CORRUPT',
  EACCES: 'STORE_READ_ONLY',
  EPERM: 'STORE_READ_ONLY',
  EROFS: 'STORE_READ_ONLY',
  ENOSPC: 'STORE_FULL',
  EDQUOT: 'STORE_FULL',
}

/** SQLSTATE classes that mean the server is unavailable (connection, authorisation, resources, operator). */
const UNAVAILABLE = /^(?:08|28|3D|53|57|58)/
/** pg reports a lost or silent connection only by message text. */
const LOST = /^Connection terminated|timeout exceeded when trying|^Client (?:has|was)|^Query read timeout/
const SOCKET_CODES = /^E[A-Z]+$/

const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined

const stateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** @param where names the database in messages: a path, or host and database */
export function toStoreError(error: unknown, where: string): unknown {
  if (error instanceof AppError) return error
  const errcode = sqliteCode(error)
  const code = errcode === undefined ? namedCode(error) : SQLITE_CODES[errcode & 0xff]
  if (!code) return error
  return new AppError(code, `${where}: ${error instanceof Error ? error.message || stateOf(error) : String(error)}`)
}

function namedCode(error: unknown): ErrorCode | undefined {
  const state = stateOf(error)
  const known = NAMED_CODES[state]
  if (known) return known
  if (UNAVAILABLE.test(state) || SOCKET_CODES.test(state)) return 'STORE_UNAVAILABLE'
  return error instanceof Error && LOST.test(error.message) ? 'STORE_UNAVAILABLE' : undefined
}

/** Whether a unique index was violated. */
export const isUniqueViolation = (error: unknown): boolean =>
  [1555, 2067].includes(sqliteCode(error) ?? 0) || stateOf(error) === '23505'

/** Whether a referenced row is missing. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  sqliteCode(error) === 787 || stateOf(error) === '23503'
