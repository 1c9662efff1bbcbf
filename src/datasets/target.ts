// The output of a dataset: written under a temporary name beside it, and renamed once it is complete and durable.
// Existing output is kept, or replaced atomically.
import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, isMissing, placeFile, syncFolder, toWriteError } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'

export interface Target {
  /** The absolute path of the output. */
  readonly path: string
  /** The path used while writing: it does not exist yet (a file) or is empty (a folder). */
  readonly temporary: string
  /** Renames it to its final name. The content must be durable. */
  commit(): Promise<void>
  /** Removes uncommitted output. */
  discard(): Promise<void>
}

export interface TargetOptions {
  readonly kind: 'file' | 'folder'
  /** Replaces existing output: a plain file, or a folder that contains only a dataset. */
  readonly isForced: boolean
}

const SUFFIX = '.paracosm-part'
/** Characters of the name that are kept in the temporary name: file systems allow 255 bytes. */
const KEPT = 40
/** The output of a killed export is removed by a later one, if it has not been modified for this time. */
const LEFT_AFTER_MS = 10 * 60_000

/**
 * Ensures that output can be created at `path`. Missing parent folders are created.
 * @throws AppError FILE_EXISTS, FILE_UNWRITABLE
 */
export async function openTarget(given: string, options: TargetOptions): Promise<Target> {
  const path = resolve(given)
  const folder = dirname(path)
  const prefix = `.${basename(path).slice(0, KEPT)}.`
  await refuseExisting(path, options)
  const temporary = join(folder, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`)
  try {
    await makeFolder(folder)
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
        await refuseExisting(path, options)
        if (options.kind === 'file') return await placeFile(temporary, path, { replace: options.isForced })
        await placeFolder(temporary, path)
        await syncFolder(folder)
      } catch (cause) {
        throw toFileError(cause, path)
      }
    },
    discard: () => rm(temporary, { recursive: true, force: true }),
  }
}

/** Translates file system errors to our codes. */
export function toFileError(cause: unknown, path: string): unknown {
  const isTaken = ['EEXIST', 'ENOTEMPTY'].includes(errnoOf(cause) ?? '')
  return isTaken ? existing(path) : toWriteError(cause, path)
}

const existing = (path: string): AppError => new AppError('FILE_EXISTS', `${path} already exists`)

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (cause) {
    if (isMissing(cause)) return undefined
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

/** Whether a folder contains only a dataset that paracosm wrote. */
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

async function placeFolder(temporary: string, path: string): Promise<void> {
  await syncFolder(temporary)
  if (!(await statOf(path))) return rename(temporary, path)
  // No portable system call swaps folders: the old one is renamed, and restored if the new one cannot take its place.
  // Later exports do not remove a folder with this name.
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
