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

/** Whether a folder contains nothing but a dataset that paracosm wrote. */
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
  // No system call swaps folders everywhere: the old one steps aside, and comes back if the new one cannot take its place.
  // Its name is then one that later exports do not remove.
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
