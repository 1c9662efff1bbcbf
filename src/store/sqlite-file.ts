// Inspects a SQLite file before it is used, and creates new files atomically: a file appears under its name with all
// its tables, or not at all.

import { access, constants, link, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, isMissing, syncFolder, temporaryPath } from '../lib/files.ts'
import { createPrivate } from '../lib/private.ts'
import { toStoreError } from './faults.ts'

/** The header of a SQLite file. SQLite takes an empty file for an empty database. */
const HEADER_BYTES = 100

/**
 * The size of the file in bytes; undefined if it does not exist.
 * @throws AppError STORE_UNAVAILABLE, STORE_CORRUPT, or STORE_READ_ONLY when it must be writable and is not
 */
export async function inspectFile(path: string, isWritten: boolean): Promise<number | undefined> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) throw new AppError('STORE_UNAVAILABLE', `${path} is not a file, so it cannot be the database`)
    // The header is left to SQLite, which finds text and truncated files. Opening the file here and closing it again
    // would drop the POSIX locks of every connection of this process to it (sqlite.org/howtocorrupt.html, 2.2).
    if (stats.size < HEADER_BYTES) {
      throw new AppError('STORE_CORRUPT', `${path} is not a database (${stats.size} bytes)`)
    }
    if (isWritten) for (const each of [path, dirname(path)]) await access(each, constants.W_OK)
    return stats.size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toStoreError(error, path)
  }
}

/**
 * Creates a new file.
 * @param fill creates the tables in the file at the given path, and closes it
 */
export async function createWhole(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await access(dirname(path), constants.W_OK)
    await createPrivate(temporary)
    await fill(temporary)
    await link(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    // Another process was first; its file is equivalent.
    if (errnoOf(error) !== 'EEXIST') throw toStoreError(error, path)
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${temporary}${suffix}`, { force: true })
  }
}
