// One journal in one file, with group commit: while one write and sync are under way, lines gather for the next.
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../kernel/errors.ts'
import { GroupCommit } from './group-commit.ts'
import type { LineSink } from './sink.ts'

interface FileSinkOptions {
  /** Whether to add to an existing file (resume); otherwise the file must not exist. */
  readonly append?: boolean
  /** Whether a commit waits for the disk itself; off for runs that can simply be repeated. Default on. */
  readonly sync?: boolean
}

/**
 * @throws AppError FILE_UNWRITABLE
 */
export async function createFileSink(path: string, options: FileSinkOptions = {}): Promise<LineSink> {
  const file = await open(path, options.append === true ? 'a' : 'wx').catch((cause: unknown) => {
    throw new AppError('FILE_UNWRITABLE', `cannot write the journal ${path}`, { cause, details: { path } })
  })
  return new FileSink(file, options.sync ?? true)
}

class FileSink implements LineSink {
  readonly #file: FileHandle
  readonly #isSyncing: boolean
  #gathered: string[] = []
  #backlog = 0
  readonly #group = new GroupCommit(() => this.#write())

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
  }

  commit(): Promise<void> {
    return this.#group.commit()
  }

  async #write(): Promise<void> {
    if (this.#gathered.length === 0) return
    const lines = this.#gathered
    const size = this.#backlog
    this.#gathered = []
    await this.#file.appendFile(`${lines.join('\n')}\n`)
    if (this.#isSyncing) await this.#file.datasync()
    this.#backlog -= size
  }

  async close(): Promise<void> {
    await this.commit()
    await this.#file.close()
  }
}
