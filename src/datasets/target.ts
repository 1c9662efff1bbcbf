// Where a dataset is put: written under another name beside it, and given its own once it is whole and durable. What is
// there already is left alone, or replaced at once.
import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../kernel/errors.ts'

export interface Target {
  /** Where it is to be, absolute. */
  readonly path: string
  /** Where it is written meanwhile: does not exist yet (a file) or is empty (a folder). */
  readonly temporary: string
  /** Gives it its name. What it holds must be durable. */
  commit(): Promise<void>
  /** Takes away what was not committed. */
  discard(): Promise<void>
}

export interface TargetOptions {
  readonly kind: 'file' | 'folder'
  /** Replaces what is there: a plain file, or a folder that holds a dataset and nothing else. */
  readonly isForced: boolean
}

const SUFFIX = '.paracosm-part'
/** Characters of the name that the temporary name keeps: file systems allow 255 bytes. */
const KEPT = 40
/** What a killed export has left is taken away by the next one, once nobody has touched it for so long. */
const LEFT_AFTER_MS = 10 * 60_000

/**
 * Makes sure that something can be put at `path`. Folders above it are made when they are missing.
 * @throws AppError FILE_EXISTS, FILE_UNWRITABLE
 */
export async function openTarget(given: string, options: TargetOptions): Promise<Target> {
  const path = resolve(given)
  const folder = dirname(path)
  const prefix = `.${basename(path).slice(0, KEPT)}.`
  await refuseExisting(path, options)
  const temporary = join(folder, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`)
  try {
    await mkdir(folder, { recursive: true })
    await removeLeft(folder, prefix)
    if (options.kind === 'folder') await mkdir(temporary)
    else await (await open(temporary, 'wx')).close()
  } catch (cause) {
    throw toFileError(cause, path)
  }
  return {
    path,
    temporary,
    async commit() {
      try {
        await (options.kind === 'file' ? placeFile(temporary, path, options) : placeFolder(temporary, path, options))
        await syncFolder(folder)
      } catch (cause) {
        throw toFileError(cause, path)
      }
    },
    discard: () => rm(temporary, { recursive: true, force: true }),
  }
}

/** What the file system said, in our codes. */
export function toFileError(cause: unknown, path: string): unknown {
  const code = codeOf(cause)
  if (cause instanceof AppError || code === undefined) return cause
  if (code === 'EEXIST' || code === 'ENOTEMPTY') return existing(path)
  const reason = cause instanceof Error ? cause.message : String(cause)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new AppError('FILE_UNWRITABLE', `cannot write ${path}: ${reason}`, {
    cause,
    ...(isFull ? { hint: 'Make room on that disk, or choose a place on another one. Nothing was left behind.' } : {}),
  })
}

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined

const existing = (path: string): AppError => new AppError('FILE_EXISTS', `there is something at ${path} already`)

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw toFileError(cause, path)
  }
}

async function refuseExisting(path: string, { kind, isForced }: TargetOptions): Promise<void> {
  const found = await statOf(path)
  if (!found) return
  if (!isForced) throw existing(path)
  const fits = kind === 'file' ? found.isFile() : found.isDirectory() && (await holdsDataset(path))
  if (fits) return
  const what = kind === 'file' ? 'a plain file' : 'a folder with the .jsonl files of a dataset and nothing else'
  throw new AppError('FILE_EXISTS', `${path} is not ${what}, so it is not replaced`, { hint: 'Choose another name.' })
}

/** Whether nothing would be lost with a folder but a dataset of ours. */
async function holdsDataset(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries.every((each) => each.isFile() && /\.jsonl$|^dataset_info\.json$/.test(each.name))
}

async function removeLeft(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) continue
    const path = join(folder, name)
    const found = await statOf(path)
    if (found && Date.now() - found.mtimeMs > LEFT_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}

/** File systems without hard links say one of these. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

async function placeFile(temporary: string, path: string, options: TargetOptions): Promise<void> {
  await refuseExisting(path, options)
  if (options.isForced) return rename(temporary, path)
  try {
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(temporary, path)
  } catch (cause) {
    if (!NO_LINKS.includes(codeOf(cause) ?? '')) throw cause
    return rename(temporary, path)
  }
  await rm(temporary)
}

async function placeFolder(temporary: string, path: string, options: TargetOptions): Promise<void> {
  await refuseExisting(path, options)
  await syncFolder(temporary)
  if (!(await statOf(path))) return rename(temporary, path)
  // No system call swaps folders everywhere: the old one steps aside, and comes back if the new one cannot take its place.
  // Its name then is none that later exports take away.
  const aside = `${path}.replaced-${randomBytes(4).toString('hex')}`
  await rename(path, aside)
  try {
    await rename(temporary, path)
  } catch (cause) {
    await rename(aside, path)
    throw cause
  }
  await rm(aside, { recursive: true, force: true })
}

/** Makes the names in a folder durable, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
