// Modes of files and folders that hold dialogue, tokens or keys: readable by their owner only, regardless of the umask.
import { chmod, open } from 'node:fs/promises'
import { errnoOf } from './files.ts'

/** Permission bits. A umask only takes bits away, so files made with them are never wider. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700

/** Errno values where we may not change the mode of a path: then its owner decides. */
const NOT_OURS: readonly string[] = ['EPERM', 'EACCES', 'ENOENT', 'EROFS', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/** Restricts permissions that an earlier release or another program set too wide. Skips paths that are missing or not ours. */
export async function restrict(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode)
  } catch (error) {
    if (!NOT_OURS.includes(errnoOf(error) ?? '')) throw error
  }
}

/** Makes an empty private file. @throws an EEXIST when there is one */
export async function createPrivate(path: string): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE)
  await file.close()
}
