// The identity of a data folder, which the server on it keeps over restarts, moves and restored backups.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { isMissing, writeFileWhole } from './files.ts'
import { PRIVATE_FILE } from './private.ts'

const NAME = 'server-id'
const ID = /^[0-9a-f-]{36}$/

/**
 * The UUID in `<folder>/server-id`, written at the first call. One that cannot be read as such is replaced.
 * Call it while nobody else uses the folder.
 * @returns null when there is none yet, and the disk takes none
 */
export async function folderId(folder: string): Promise<string | null> {
  const path = join(folder, NAME)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  if (ID.test(text.trim())) return text.trim()
  const id = randomUUID()
  try {
    await writeFileWhole(path, `${id}\n`, { mode: PRIVATE_FILE })
    return id
  } catch (error) {
    if (error instanceof AppError && error.code === 'FILE_UNWRITABLE') return null
    throw error
  }
}
