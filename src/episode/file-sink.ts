// One journal in one file, with group commit: while one write and sync are in progress, lines gather for the next.

import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, toWriteError } from '../lib/files.ts'
import { GroupCommit } from '../lib/group-commit.ts'
import { PRIVATE_FILE } from '../lib/private.ts'
import { CommitTimer } from './commit-timer.ts'
import type { LineSink } from './sink.ts'

interface FileSinkOptions {
  /** `create`: the file must not exist. `append`: it is continued (resume). `replace`: an existing file is emptied. */
  readonly mode?: 'create' | 'append' | 'replace'
  /** Whether a commit waits for the disk itself; off for runs that can simply be repeated. Default on. */
  readonly sync?: boolean
}

const FLAGS = { create: 'wx', append: 'a', replace: 'w' } as const

/**
 * @throws AppError FILE_EXISTS, FILE_UNWRITABLE
 */
export async function createFileSink(path: string, options: FileSinkOptions = {}): Promise<LineSink> {
  const file = await open(path, FLAGS[options.mode ?? 'create'], PRIVATE_FILE).catch((cause: unknown) => {
    if (errnoOf(cause) === 'EEXIST') throw new AppError('FILE_EXISTS', `${path} exists already`, { cause })
    throw toWriteError(cause, path)
  })
  if (!(await file.stat()).isFile()) {
    await file.close()
    throw new AppError('FILE_UNWRITABLE', `${path} is not a regular file`)
  }
  return new FileSink(file, options.sync ?? true)
}

class FileSink implements LineSink {
  readonly #file: FileHandle
  readonly #isSyncing: boolean
  #gathered: string[] = []
  #backlog = 0
  #listener: ((error: unknown) => void) | undefined
  /** After a failed write the contents of the file are unknown: the latch refuses every later commit. */
  readonly #group = new GroupCommit(() => this.#write(), { latch: true })
  readonly #timer = new CommitTimer(() => this.#group.commit())

  constructor(file: FileHandle, isSyncing: boolean) {
    this.#file = file
    this.#isSyncing = isSyncing
  }

  get backlog(): number {
    return this.#backlog
  }

  append(line: string): void {
    this.#gathered.push(line)
    this.#backlog += line.length
    this.#timer.start()
  }

  commit(): Promise<void> {
    return this.#group.commit()
  }

  onFault(listener: (error: unknown) => void): void {
    this.#listener = listener
  }

  async #write(): Promise<void> {
    this.#timer.stop()
    if (this.#gathered.length === 0) return
    const lines = this.#gathered
    const size = this.#backlog
    this.#gathered = []
    try {
      await this.#file.appendFile(`${lines.join('\n')}\n`)
      if (this.#isSyncing) await this.#file.datasync()
    } catch (error) {
      this.#listener?.(error)
      throw error
    }
    this.#backlog -= size
  }

  async close(): Promise<void> {
    try {
      await this.commit()
    } finally {
      this.#timer.stop()
      await this.#file.close()
    }
  }
}
