// Makes folders one by one. `mkdir` with `recursive` of Node spins forever below folders that report ENOENT for a
// name that cannot be made, such as /proc; neither a signal nor a timer ends it.
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, isMissing, toWriteError } from './files.ts'

export interface FolderOptions {
  /** Permission bits of the folders that are made, less the umask. Default 0777. */
  readonly mode?: number
}

/**
 * Makes a folder and those above it that are missing. A folder that exists is left as it is.
 * @returns the folders that were missing, the outermost first
 * @throws AppError FILE_UNWRITABLE naming path and reason, also when something else has the name
 */
export async function makeFolder(path: string, options: FolderOptions = {}): Promise<readonly string[]> {
  const missing: string[] = []
  try {
    for (let at = resolve(path); !(await isFolder(at)); at = dirname(at)) missing.push(at)
    for (const each of missing.reverse()) await makeOne(each, options)
    return missing
  } catch (error) {
    throw toWriteError(error, path)
  }
}

async function makeOne(path: string, options: FolderOptions): Promise<void> {
  try {
    await mkdir(path, options)
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!(errnoOf(error) === 'EEXIST' && (await isFolder(path)))) throw error
  }
}

/** False: nothing has this name, so the parent is checked next. @throws AppError FILE_UNWRITABLE for a file */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true
  } catch (error) {
    // The root exists, so the search upwards ends.
    if (isMissing(error)) return false
    throw error
  }
  throw new AppError('FILE_UNWRITABLE', `cannot write below ${path}: it is not a folder`, {
    hint: 'Choose a folder, or a name that does not exist yet.',
    details: { path },
  })
}
