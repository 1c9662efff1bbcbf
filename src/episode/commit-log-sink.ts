// The journal of one episode behind the shared commit log: its own file may lag behind what is durable.
import type { FileHandle } from 'node:fs/promises'
import type { LineSink } from './sink.ts'

/** Characters that a journal's own file may lag behind. */
const FILE_LAG = 64 * 1024

/** The end of the shared log that a sink writes to. */
export interface LogEnd {
  append(entry: string): void
  commit(): Promise<void>
  closed(): void
  /** The journal's own file could not be written: the log must keep what the file lacks. */
  failed(error: unknown): void
}

/** A sink whose own file may lag behind what is durable. */
export interface LoggedSink extends LineSink {
  /** Resolves once the journal's own file holds every line appended so far. */
  catchUp(): Promise<void>
}

export class LogSink implements LoggedSink {
  readonly #episode: string
  readonly #file: FileHandle
  readonly #log: LogEnd
  #count: number
  #behind: string[] = []
  #lag = 0
  #writing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  #listener: ((error: unknown) => void) | undefined

  constructor(episode: string, journal: { readonly file: FileHandle; readonly lines: number }, log: LogEnd) {
    this.#episode = episode
    this.#file = journal.file
    this.#count = journal.lines
    this.#log = log
  }

  get backlog(): number {
    return this.#lag
  }

  append(line: string): void {
    this.#count++
    this.#log.append(`${this.#episode} ${this.#count} ${line}\n`)
    this.#behind.push(line)
    this.#lag += line.length
    if (this.#lag >= FILE_LAG) this.#flush()
  }

  commit(): Promise<void> {
    return this.#log.commit()
  }

  onFault(listener: (error: unknown) => void): void {
    this.#listener = listener
  }

  /** The shared log could not be written: what this sink has appended since the last commit is not durable. */
  fail(error: unknown): void {
    this.#behind = []
    this.#lag = 0
    this.#listener?.(error)
  }

  /** Writes waiting lines to the journal's own file. Not synced, since the log holds the lines. */
  #flush(): void {
    if (this.#behind.length === 0) return
    const text = `${this.#behind.join('\n')}\n`
    this.#behind = []
    this.#lag = 0
    this.#writing = this.#writing.then(() => this.#file.appendFile(text))
    this.#writing.catch((error: unknown) => this.#log.failed(error))
  }

  async catchUp(): Promise<void> {
    if (this.#closing !== undefined) return
    this.#flush()
    await this.#writing
    await this.#file.datasync()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#log.commit()
      this.#flush()
      await this.#writing
      await this.#file.datasync()
    } catch (error) {
      this.#log.failed(error)
      throw error
    } finally {
      await this.#file.close()
      this.#log.closed()
    }
  }
}
