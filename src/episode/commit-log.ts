// Group commit for many episodes at once: every line first goes to one shared log, where a single write and sync makes
// the lines of all episodes durable; the journals' own files follow at leisure. After a crash the log fills up whatever
// the files miss. One entry a line: `<episode> <number of the line in its journal> <line>`.
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '../kernel/errors.ts'
import { GroupCommit } from './group-commit.ts'
import { countLines, cutTornTail } from './journal-tail.ts'
import type { LineSink } from './sink.ts'

/** A segment that has grown to this many characters is followed by a new one; the old one goes once the files have caught up. */
const SEGMENT_SIZE = 64 * 1024 * 1024
/** Characters that a journal's own file may lag behind. */
const FILE_LAG = 64 * 1024
/** Milliseconds between commits: long enough that many episodes share one sync, short enough that nobody notices. */
const GATHER_MS = 4

const segmentName = (number: number): string => `commit-${String(number).padStart(8, '0')}.log`

export class CommitLog {
  readonly #folder: string
  readonly #sinks = new Set<LogSink>()
  #segment: FileHandle
  #number: number
  #size = 0
  #gathered: string[] = []
  readonly #group = new GroupCommit(() => this.#write())
  #rotation: Promise<void> | undefined
  /** Once a write has failed nobody knows what is on disk: nothing is acknowledged any more. */
  #fault: unknown

  private constructor(folder: string, segment: FileHandle, number: number) {
    this.#folder = folder
    this.#segment = segment
    this.#number = number
  }

  /**
   * Opens the log of a folder; first it completes the journals that a crash left behind their log.
   * @param journalOf where an episode's journal lies
   * @throws AppError FILE_UNWRITABLE
   */
  static async open(folder: string, journalOf: (episode: string) => string): Promise<CommitLog> {
    try {
      await mkdir(folder, { recursive: true })
      const last = await recover(folder, journalOf)
      const segment = await open(join(folder, segmentName(last + 1)), 'a')
      return new CommitLog(folder, segment, last + 1)
    } catch (cause) {
      throw new AppError('FILE_UNWRITABLE', `cannot keep the commit log in ${folder}`, { cause })
    }
  }

  /**
   * The sink of one journal, new or going on.
   * @param path of the journal's own file
   * @param lines how many lines it holds already
   */
  async sink(episode: string, path: string, lines: number): Promise<LoggedSink> {
    const file = await open(path, 'a').catch((cause: unknown) => {
      throw new AppError('FILE_UNWRITABLE', `cannot write the journal ${path}`, { cause })
    })
    const sink = new LogSink(episode, file, lines, {
      append: (entry) => void this.#gathered.push(entry),
      commit: () => this.#group.commit(),
      closed: () => this.#sinks.delete(sink),
    })
    this.#sinks.add(sink)
    return sink
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
    if (this.#fault !== undefined) throw this.#fault
    if (this.#gathered.length === 0) return
    const text = this.#gathered.join('')
    this.#gathered = []
    try {
      await this.#segment.appendFile(text)
      await this.#segment.datasync()
    } catch (fault) {
      this.#fault = fault
      throw fault
    }
    this.#size += text.length
    if (this.#size >= SEGMENT_SIZE && this.#rotation === undefined) await this.#rotate()
  }

  /** Begins a new segment. The old ones are deleted when every journal's file has what they hold. */
  async #rotate(): Promise<void> {
    const old = this.#segment
    const oldNumber = this.#number
    this.#segment = await open(join(this.#folder, segmentName(oldNumber + 1)), 'a')
    this.#number = oldNumber + 1
    this.#size = 0
    await old.close()
    this.#rotation = this.#catchUp(oldNumber).finally(() => {
      this.#rotation = undefined
    })
    // A journal that cannot be written keeps its segment; its own next commit reports the fault.
    this.#rotation.catch(() => undefined)
  }

  async #catchUp(upTo: number): Promise<void> {
    for (const sink of [...this.#sinks]) await sink.catchUp()
    for (const name of await readdir(this.#folder)) if (name <= segmentName(upTo)) await rm(join(this.#folder, name))
  }

  /** Commits, brings every file up to date, and deletes the log: nothing needs it after an orderly end. */
  async close(): Promise<void> {
    await this.#group.commit()
    await this.#rotation?.catch(() => undefined)
    for (const sink of [...this.#sinks]) await sink.close()
    await this.#segment.close()
    await this.#catchUp(this.#number)
  }
}

interface LogEnd {
  append(entry: string): void
  commit(): Promise<void>
  closed(): void
}

/** A sink whose own file may lag behind what is durable. */
export interface LoggedSink extends LineSink {
  /** Resolves once the journal's own file holds every line appended so far. */
  catchUp(): Promise<void>
}

class LogSink implements LoggedSink {
  readonly #episode: string
  readonly #file: FileHandle
  readonly #log: LogEnd
  #count: number
  #behind: string[] = []
  #lag = 0
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(episode: string, file: FileHandle, count: number, log: LogEnd) {
    this.#episode = episode
    this.#file = file
    this.#count = count
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

  /** Brings the journal's own file nearer; not synced, since the log holds the lines. */
  #flush(): void {
    if (this.#behind.length === 0) return
    const text = `${this.#behind.join('\n')}\n`
    this.#behind = []
    this.#lag = 0
    this.#writing = this.#writing.then(() => this.#file.appendFile(text))
    // Reported by whoever awaits `catchUp` or `close`.
    this.#writing.catch(() => undefined)
  }

  /** Everything appended so far is in the journal's own file, synced. */
  async catchUp(): Promise<void> {
    if (this.#isClosed) return
    this.#flush()
    await this.#writing
    await this.#file.datasync()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.#log.commit()
    await this.catchUp()
    this.#isClosed = true
    await this.#file.close()
    this.#log.closed()
  }
}

/** A journal that a log is completing. */
interface Recovering {
  readonly file: FileHandle
  /** Whole lines that it has, those that wait included. */
  lines: number
  waiting: string[]
}

/** Lines of one journal that are written together. */
const RECOVERY_BATCH = 4096

/** Completes the journals from the segments of a log that was not closed. Returns the last segment's number. */
async function recover(folder: string, journalOf: (episode: string) => string): Promise<number> {
  const segments = (await readdir(folder)).filter((name) => /^commit-\d{8}\.log$/.test(name)).sort(compareNames)
  const journals = new Map<string, Recovering | undefined>()
  for (const name of segments) {
    await cutTornTail(join(folder, name))
    const entries = createInterface({
      input: createReadStream(join(folder, name)),
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    for await (const entry of entries) {
      const match = /^(\S+) (\d+) (.*)$/.exec(entry)
      if (!match) continue
      const [, episode = '', number = '', line = ''] = match
      if (!journals.has(episode)) journals.set(episode, await openForRecovery(journalOf(episode)))
      const journal = journals.get(episode)
      if (!journal || Number(number) !== journal.lines + 1) continue
      journal.lines++
      if (journal.waiting.push(line) >= RECOVERY_BATCH) await writeWaiting(journal)
    }
  }
  for (const journal of journals.values()) {
    if (!journal) continue
    await writeWaiting(journal)
    await journal.file.datasync()
    await journal.file.close()
  }
  for (const name of segments) await rm(join(folder, name))
  return Number(/\d{8}/.exec(segments.at(-1) ?? '')?.[0] ?? 0)
}

const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function writeWaiting(journal: Recovering): Promise<void> {
  if (journal.waiting.length === 0) return
  const text = `${journal.waiting.join('\n')}\n`
  journal.waiting = []
  await journal.file.appendFile(text)
}

/** A journal whose file has gone was finished and put away before the crash: its entries are of no use. */
async function openForRecovery(path: string): Promise<Recovering | undefined> {
  try {
    await cutTornTail(path)
    const lines = await countLines(path)
    return { file: await open(path, 'a'), lines, waiting: [] }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
