// Atomic writes of saves, and traces that never lose a written line.
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
 * The file that a write to `path` goes to, behind symbolic links. Anything but a regular file is refused: a rename
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

/** A pending save: its temporary file is created at the start, so that a bad path is reported before the run. */
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
   * Replaces the file atomically: temporary file, sync, rename.
   * @throws AppError FILE_UNWRITABLE; then the old content remains
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

  /** Removes uncommitted files. */
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

/** Makes a rename survive a power cut, where the system can sync folders. */
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

/** An open trace: one JSON document per line, each written before the next step begins. */
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
