// Files that appear whole or not at all: temporary file, fsync, rename, fsync of the folder. Also the errno of file
// errors and their translation to AppError.
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../kernel/errors.ts'

type Part = string | Uint8Array

/** The whole content, or its parts in order. Text is written as UTF-8. */
export type FileContent = Part | Iterable<Part> | AsyncIterable<Part>

export interface WriteOptions {
  /** Permission bits, exactly (the umask is not applied). Default: those of the file replaced, else 0666 less the umask. */
  readonly mode?: number
  /** False: an existing file is kept, and the write fails with FILE_EXISTS. Default true. */
  readonly replace?: boolean
  /** Makes the names in a folder durable, for callers who write many files into it. Default: `syncFolder`. */
  readonly syncNames?: (folder: string) => Promise<void>
}

const PERMISSIONS = 0o777
/** Characters of the target's name in the temporary name: file systems take 255 bytes. */
const NAME_LENGTH = 50

/** Errno values of file systems without hard links. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** What the errno of a failed write means. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files',
  ENOENT: 'the folder does not exist',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
}

/** The errno of a file or socket error, such as 'ENOENT'; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}

/** Whether the error means that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT'
}

/**
 * Translates the error of a failed write.
 * @returns AppError FILE_UNWRITABLE naming path and reason; an error without errno comes back unchanged
 */
export function toWriteError(error: unknown, path: string): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const reason = REASONS[errno] ?? (error instanceof Error ? error.message : errno)
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT'
  return new AppError('FILE_UNWRITABLE', `cannot write ${path}: ${reason}`, {
    cause: error,
    details: { path, errno },
    ...(isFull ? { hint: 'Make room on that disk, or choose a place on another one.' } : {}),
  })
}

/** Runs a file operation, and translates its error with `toWriteError`. */
async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toWriteError(error, path)
  }
}

/**
 * Writes a file so that its name never shows less than the whole content, even after a power cut. Through a symbolic
 * link it writes the file that the link names. An error of the content's iterator passes unchanged.
 * @throws AppError FILE_UNWRITABLE with the reason, also when the path names a folder, device or pipe;
 * FILE_EXISTS with `replace: false`
 */
export async function writeFileWhole(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
  const replaced = await attempt(path, () => findReplaced(path, options.replace ?? true))
  const target = replaced?.path ?? path
  const mode = options.mode ?? replaced?.mode
  const temporary = temporaryPath(target)
  try {
    const file = await attempt(path, () => open(temporary, 'wx', mode))
    try {
      if (mode !== undefined) await attempt(path, () => file.chmod(mode))
      await writeContent(file, path, content)
      await attempt(path, () => file.sync())
    } finally {
      await attempt(path, () => file.close())
    }
    await placeFile(temporary, target, options)
    // A rename leaves nothing behind.
    if (options.replace === false) await rm(temporary, { force: true })
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeContent(file: FileHandle, path: string, content: FileContent): Promise<void> {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
  for await (const part of parts) await attempt(path, () => file.appendFile(part))
}

/** A name in the folder of `path` that no other file has: for a file that `placeFile` moves to `path`. */
export function temporaryPath(path: string): string {
  const name = basename(path).slice(0, NAME_LENGTH)
  return join(dirname(path), `.${name}.${randomBytes(6).toString('hex')}.tmp`)
}

/**
 * Gives a finished, synced temporary file its name, and makes the name durable. With `replace: false` the temporary
 * name remains, and the caller removes it.
 * @throws AppError FILE_UNWRITABLE; FILE_EXISTS with `replace: false`
 */
export async function placeFile(
  temporary: string,
  path: string,
  { replace = true, syncNames = syncFolder }: Pick<WriteOptions, 'replace' | 'syncNames'> = {},
): Promise<void> {
  await attempt(path, async () => {
    await (replace ? rename(temporary, path) : linkOnce(temporary, path))
    await syncNames(dirname(path))
  })
}

/** Unlike a rename, a link never replaces an existing file. Without hard links, the existence check above must do. */
async function linkOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    if (errno === 'EEXIST' || (NO_LINKS.includes(errno) && (await lstat(path).catch(() => undefined)))) {
      throw alreadyExists(path)
    }
    if (!NO_LINKS.includes(errno)) throw error
    await rename(temporary, path)
  }
}

/** The regular file that a write to `path` replaces, with its permissions; undefined: there is none. */
async function findReplaced(path: string, mayReplace: boolean): Promise<{ path: string; mode: number } | undefined> {
  const entry = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (!entry) return undefined
  if (!mayReplace) throw alreadyExists(path)
  const stats = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) throw notRegular(path, 'a symbolic link to a missing file')
    throw error
  })
  if (stats.isDirectory()) throw notRegular(path, 'a folder')
  if (!stats.isFile()) throw notRegular(path, 'a device, pipe or socket')
  return { path: entry.isSymbolicLink() ? await realpath(path) : path, mode: stats.mode & PERMISSIONS }
}

function alreadyExists(path: string): AppError {
  return new AppError('FILE_EXISTS', `${path} exists already`, { details: { path } })
}

function notRegular(path: string, kind: string): AppError {
  return new AppError('FILE_UNWRITABLE', `cannot write ${path}: it is ${kind}`, {
    hint: 'Name a regular file, or a file that does not exist yet.',
    details: { path },
  })
}

/** Makes the names in a folder durable. Windows has no such call; there it does nothing. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
