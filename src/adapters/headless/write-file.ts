// Writes that are whole or do not happen, and traces that lose nothing they have said.
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import type { TraceRecord } from '../../protocol/headless.ts'

function unwritable(what: string, path: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('FILE_UNWRITABLE', `${what} ${path} cannot be written: ${reason}`, { cause })
}

/**
 * The file that a write to `path` goes to, behind symbolic links. What is not a regular file is left alone: a rename
 * would replace a device or pipe, and opening a pipe could wait for ever.
 * @throws AppError FILE_UNWRITABLE
 */
function regularTarget(what: string, path: string): string {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path
    if (statSync(path).isFile()) return realpathSync(path)
  } catch (error) {
    throw unwritable(what, path, error)
  }
  throw new AppError('FILE_UNWRITABLE', `${what} ${path} cannot be written: it is not a regular file`, {
    hint: 'Name a regular file, or a file that does not exist yet.',
  })
}

/** A save on its way: the temporary file beside it is there from the start, so a bad path shows before the run. */
export class AtomicFile implements Disposable {
  readonly #path: string
  readonly #temporary: string
  #file: number | undefined

  /** @throws AppError FILE_UNWRITABLE */
  constructor(path: string) {
    this.#path = regularTarget('Save', path)
    this.#temporary = `${this.#path}.${process.pid}.tmp`
    try {
      this.#file = openSync(this.#temporary, 'wx')
    } catch (error) {
      throw unwritable('Save', path, error)
    }
  }

  /**
   * Puts `text` in the place of whatever the path held: temporary file, sync, rename.
   * @throws AppError FILE_UNWRITABLE; then the path holds what it held before
   */
  commit(text: string): void {
    const file = this.#file
    if (file === undefined) throw new Error('the file has been written already')
    try {
      writeAll(file, text)
      fsyncSync(file)
      closeSync(file)
      this.#file = undefined
      renameSync(this.#temporary, this.#path)
      syncFolder(dirname(this.#path))
    } catch (error) {
      this[Symbol.dispose]()
      throw unwritable('Save', this.#path, error)
    }
  }

  /** Leaves nothing behind that was not committed. */
  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    rmSync(this.#temporary, { force: true })
  }
}

function writeAll(file: number, text: string): void {
  const data = Buffer.from(text, 'utf8')
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at)
}

/** Makes a rename last through a power cut, where the system lets folders be synced. */
function syncFolder(folder: string): void {
  let file: number
  try {
    file = openSync(folder, 'r')
  } catch {
    return // Some systems do not open folders; the rename itself has happened.
  }
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A trace on its way: one JSON document a line, each handed to the system before the next step begins. */
export class TraceFile implements Disposable {
  readonly #path: string
  readonly #file: number

  /** @throws AppError FILE_UNWRITABLE */
  constructor(path: string) {
    this.#path = regularTarget('Trace', path)
    try {
      this.#file = openSync(this.#path, 'w')
    } catch (error) {
      throw unwritable('Trace', path, error)
    }
  }

  /** @throws AppError FILE_UNWRITABLE */
  write(record: TraceRecord): void {
    try {
      writeAll(this.#file, `${JSON.stringify(record)}\n`)
    } catch (error) {
      throw unwritable('Trace', this.#path, error)
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
