// One process at a time in a folder. The kernel holds the lock, through SQLite: it ends with its process, holds across
// PID namespaces and containers that share the folder, and no leftover file blocks a start.
import { truncateSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../kernel/errors.ts'
import { toWriteError } from './files.ts'
import { makeFolder } from './folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER, restrict } from './private.ts'

/** The file that is locked. Its content does not matter, and it stays after the release. */
const LOCK_NAME = 'lock.sqlite'
/** Written by releases up to 0.1: the id of a process, of no use in containers. */
const OLD_NAME = 'lock'

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
const BUSY_CODES: readonly number[] = [SQLITE_BUSY]
const GARBAGE_CODES: readonly number[] = [SQLITE_CORRUPT, SQLITE_NOTADB]

/** A held lock. Keep the reference: garbage collection of the handle releases the lock. */
export interface FolderLock {
  /** Releases the lock; a second call does nothing. */
  release(): void
  [Symbol.dispose](): void
}

/**
 * Takes the lock of a folder, and makes the folder if there is none. Do not open `lock.sqlite` by other means in the
 * same process: POSIX drops a process's locks on a file when it closes any handle of that file.
 * @throws AppError DATA_IN_USE when this or another process holds it; FILE_UNWRITABLE
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK_NAME)
  const lock = await makeFolder(folder, { mode: PRIVATE_FOLDER })
    .then(() => takeLock(folder, path))
    .catch((error: unknown) => {
      throw toWriteError(error, path)
    })
  // Inspected by name: opening it a second time would drop the lock.
  await restrict(path, PRIVATE_FILE)
  await rm(join(folder, OLD_NAME), { force: true })
  return lock
}

/** Synchronous, so that nothing else in this process runs between the check of the file and its truncation. */
function takeLock(folder: string, path: string): FolderLock {
  try {
    return holdExclusive(path)
  } catch (error) {
    const code = sqliteCodeOf(error)
    if (code !== undefined && BUSY_CODES.includes(code)) throw inUse(folder, path, error)
    if (code === undefined || !GARBAGE_CODES.includes(code)) throw unwritable(path, error)
  }
  // No process holds it: SQLite had to share the lock to read the garbage. Truncating keeps the inode, so that only one
  // of several concurrent callers gets the lock.
  truncateSync(path)
  try {
    return holdExclusive(path)
  } catch (error) {
    throw sqliteCodeOf(error) === SQLITE_BUSY ? inUse(folder, path, error) : unwritable(path, error)
  }
}

function holdExclusive(path: string): FolderLock {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    // No side files, and nothing is ever written.
    db.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    db.close()
    throw error
  }
  const release = (): void => {
    if (db.isOpen) db.close()
  }
  return { release, [Symbol.dispose]: release }
}

function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined
  return error.errcode & 0xff
}

function inUse(folder: string, path: string, cause: unknown): AppError {
  return new AppError('DATA_IN_USE', `another process has the data folder ${folder} open`, {
    hint: `Stop that process (fuser ${path} shows its id), or choose another folder with --data.`,
    details: { folder },
    cause,
  })
}

function unwritable(path: string, cause: unknown): unknown {
  if (sqliteCodeOf(cause) === undefined) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('FILE_UNWRITABLE', `cannot lock ${path}: ${reason}`, { cause, details: { path } })
}
