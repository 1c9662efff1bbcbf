// Inspects a SQLite file before it is used, and creates new files atomically: a file appears under its name with all
// its tables, or not at all.

import { access, constants, link, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, isMissing, syncFolder, temporaryPath } from '../lib/files.ts'
import { createPrivate } from '../lib/private.ts'
import { toStoreError } from './faults.ts'

const MAGIC = 'SQLite format 3\0'

/**
 * The size of the file in bytes; undefined if it does not exist.
 * @throws AppError STORE_UNAVAILABLE, STORE_CORRUPT, or STORE_READ_ONLY when it must be writable and is not
 */
export async function inspectFile(path: string, isWritten: boolean): Promise<number | undefined> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) throw new AppError('STORE_UNAVAILABLE', `${path} is not a file, so it cannot be the database`)
    await checkHeader(path, stats.size)
    if (isWritten) for (const each of [path, dirname(path)]) await access(each, constants.W_OK)
    return stats.size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toStoreError(error, path)
  }
}

async function checkHeader(path: string, size: number): Promise<void> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0)
    if (bytesRead < 100 || buffer.toString('latin1', 0, 16) !== MAGIC) {
      throw new AppError('STORE_CORRUPT', `${path} is not a database (${size} bytes)`)
    }
    // Page size and number of pages from the header; a size of 1 means 65536.
    const raw = buffer.readUInt16BE(16)
    const expected = (raw === 1 ? 65_536 : raw) * buffer.readUInt32BE(28)
    if (size < expected) {
      throw new AppError('STORE_CORRUPT', `${path} is truncated: ${size} of ${expected} bytes`)
    }
  } finally {
    await file.close()
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
