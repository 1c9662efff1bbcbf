// Files that a stranger's program may have left: a link would be followed on this machine, where the program's container
// could not go, and a pipe would never end.
import { constants, type FileHandle, open } from 'node:fs/promises'
import { errnoOf } from './files.ts'

const PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** Errno values of what is missing or no plain file. */
const OTHERS: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO']

/**
 * Opens a plain file. Its folder must be one that the stranger cannot replace.
 * @returns undefined when there is none, or something else
 */
export async function openPlain(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, PLAIN).catch((error: unknown) => {
    if (OTHERS.includes(errnoOf(error) ?? '')) return undefined
    throw error
  })
  if (file === undefined || (await file.stat()).isFile()) return file
  await file.close()
  return undefined
}
