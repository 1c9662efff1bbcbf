// Group commit for many episodes at once: every line first goes to one shared log, where a single write and sync makes
// the lines of all episodes durable; the journals' own files follow later. After a crash the log completes the files
// (commit-log-recovery.ts). One entry per line: `<episode> <number of the line in its journal> <line>`.
import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, toWriteError } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { GroupCommit } from '../lib/group-commit.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER, restrict } from '../lib/private.ts'
import { type RecoveredLog, recoverJournals, segmentName } from './commit-log-recovery.ts'
import { type LoggedSink, LogSink } from './commit-log-sink.ts'
import { CommitTimer } from './commit-timer.ts'

/** Bytes after which a new segment begins; the old one is deleted once the journals' files have caught up. */
const SEGMENT_SIZE = 64 * 1024 * 1024
/** Milliseconds between commits: long enough that many episodes share one sync, short enough to be unnoticeable. */
const GATHER_MS = 4

export interface CommitLogOptions {
  /** Path of the journal of an episode. */
  journalOf(episode: string): string
}

export class CommitLog {
  readonly #folder: string
  readonly #options: CommitLogOptions
  readonly #sinks = new Set<LogSink>()
  #segment: FileHandle
  #number: number
  #size = 0
  #gathered: string[] = []
  /** After a failed write the contents of the disk are unknown: nothing is acknowledged until `reopen`. */
  readonly #group = new GroupCommit(() => this.#write(), { latch: true })
  readonly #timer = new CommitTimer(() => this.#group.commit())
  #rotation: Promise<void> | undefined
  #fault: unknown

  private constructor(folder: string, options: CommitLogOptions, at: { segment: FileHandle; number: number }) {
    this.#folder = folder
    this.#options = options
    this.#segment = at.segment
    this.#number = at.number
  }

  /**
   * Opens the log of a folder, after completing the journals that lag behind the log after a crash.
   * @throws AppError FILE_UNWRITABLE
   */
  static async open(
    folder: string,
    options: CommitLogOptions,
  ): Promise<{ readonly log: CommitLog; readonly recovered: RecoveredLog }> {
    try {
      await makeFolder(folder, { mode: PRIVATE_FOLDER })
      await restrict(folder, PRIVATE_FOLDER)
      const recovered = await recoverJournals(folder, options.journalOf)
      const segment = await openSegment(folder, recovered.lastSegment + 1)
      return { log: new CommitLog(folder, options, { segment, number: recovered.lastSegment + 1 }), recovered }
    } catch (cause) {
      throw toWriteError(cause, folder)
    }
  }

  /** What the last write failed with; undefined while commits succeed. */
  get fault(): unknown {
    return this.#fault
  }

  /**
   * The sink of one journal, new or resumed.
   * @param path of the journal's own file
   * @param lines number of lines that it already contains
   * @throws AppError FILE_UNWRITABLE
   */
  async sink(episode: string, path: string, lines: number): Promise<LoggedSink> {
    if (this.#fault !== undefined) throw toWriteError(this.#fault, this.#folder)
    const file = await open(path, 'a', PRIVATE_FILE).catch((cause: unknown) => {
      throw toWriteError(cause, path)
    })
    const sink = new LogSink(
      episode,
      { file, lines },
      {
        append: (entry) => {
          this.#gathered.push(entry)
          this.#timer.start()
        },
        commit: () => this.#group.commit(),
        closed: () => this.#sinks.delete(sink),
        failed: (error) => this.#fail(error),
      },
    )
    this.#sinks.add(sink)
    return sink
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
    this.#timer.stop()
    if (this.#gathered.length === 0) return
    if (this.#fault !== undefined) throw this.#fault
    const bytes = Buffer.from(this.#gathered.join(''))
    this.#gathered = []
    try {
      await this.#segment.appendFile(bytes)
      await this.#segment.datasync()
      this.#size += bytes.length
      if (this.#size >= SEGMENT_SIZE && this.#rotation === undefined) await this.#rotate()
    } catch (fault) {
      this.#fail(fault)
      throw fault
    }
  }

  /**
   * Sets the latch: every episode of the log stops at its last durable line, and no segment is deleted before `reopen`.
   */
  #fail(fault: unknown): void {
    if (this.#fault !== undefined) return
    this.#fault = fault ?? new Error('the commit log could not be written')
    for (const sink of [...this.#sinks]) sink.fail(fault)
  }

  /** Begins a new segment. The old ones are deleted when every journal's file contains their lines. */
  async #rotate(): Promise<void> {
    const old = this.#segment
    const oldNumber = this.#number
    this.#segment = await openSegment(this.#folder, oldNumber + 1)
    this.#number = oldNumber + 1
    this.#size = 0
    await old.close()
    this.#rotation = this.#catchUp(oldNumber).finally(() => {
      this.#rotation = undefined
    })
    // The segments of a journal that cannot be written are kept; its own sink reports the fault.
    this.#rotation.catch(() => undefined)
  }

  async #catchUp(upTo: number): Promise<void> {
    for (const sink of [...this.#sinks]) await sink.catchUp()
    if (this.#fault !== undefined) return
    for (const name of await readdir(this.#folder)) if (name <= segmentName(upTo)) await rm(join(this.#folder, name))
  }

  /**
   * Starts afresh after a fault, once every sink is closed: completes the journals from what reached the disk, and
   * accepts commits again.
   * @throws AppError FILE_UNWRITABLE while the disk still refuses; call it again later
   */
  async reopen(): Promise<RecoveredLog> {
    try {
      await this.#group.commit().catch(() => undefined)
      await this.#rotation?.catch(() => undefined)
      await this.#segment.close().catch(() => undefined)
      const recovered = await recoverJournals(this.#folder, this.#options.journalOf)
      this.#number = Math.max(this.#number, recovered.lastSegment) + 1
      this.#segment = await openSegment(this.#folder, this.#number)
      await probe(this.#segment)
      this.#size = 0
      this.#gathered = []
      this.#fault = undefined
      this.#group.reset()
      return recovered
    } catch (cause) {
      throw toWriteError(cause, this.#folder)
    }
  }

  /**
   * Commits, brings every file up to date, and deletes the log, which is not needed after an orderly end. After a fault
   * the
   * log stays, for the next start.
   */
  async close(): Promise<void> {
    const isCommitted = await this.#group.commit().then(
      () => true,
      () => false,
    )
    this.#timer.stop()
    await this.#rotation?.catch(() => undefined)
    const closed = await Promise.allSettled([...this.#sinks].map((sink) => sink.close()))
    await this.#segment.close().catch(() => undefined)
    if (!isCommitted) throw toWriteError(this.#fault, this.#folder)
    for (const each of closed) if (each.status === 'rejected') throw toWriteError(each.reason, this.#folder)
    await this.#catchUp(this.#number)
  }
}

async function openSegment(folder: string, number: number): Promise<FileHandle> {
  const segment = await open(join(folder, segmentName(number)), 'a', PRIVATE_FILE)
  // The file itself must survive a power cut, not only what is written to it.
  await syncFolder(folder)
  return segment
}

/** Fails where a commit would fail: recovery skips an empty line, because it is not an entry. */
async function probe(segment: FileHandle): Promise<void> {
  await segment.appendFile('\n')
  await segment.datasync()
}
