// The journals of a data folder. Live ones are appended through one commit log; finished ones become blobs.
//   live/<id>/journal.jsonl             while the episode is played or unfinished
//   live/<id>/tokens.json               its tokens, readable by the owner alone
//   episodes/<id>/journal.jsonl.zst     afterwards, with results.json (blobs)
//   log/                                the commit log

import { access, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CommitLog } from '../episode/commit-log.ts'
import type { RecoveredLog } from '../episode/commit-log-recovery.ts'
import type { LoggedSink } from '../episode/commit-log-sink.ts'
import { JournalFile } from '../episode/journal-file.ts'
import { cutTornTail, readUnfinished } from '../episode/journal-tail.ts'
import { openJournalBytes } from '../episode/open-bytes.ts'
import { SeekableZstdWriter } from '../episode/seekable-zstd.ts'
import type { LineSink } from '../episode/sink.ts'
import type { Unfinished } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import { isMissing, toWriteError, writeFileWhole } from '../lib/files.ts'
import { type FolderLock, lockFolder } from '../lib/folder-lock.ts'
import { makeFolder } from '../lib/folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER, restrict } from '../lib/private.ts'
import type { Results } from '../protocol/episode.ts'
import type { BlobStore } from './blobs.ts'

const ID = /^[a-z0-9][a-z0-9-]{0,99}$/
const Tokens = z.object({ tokens: z.array(z.string()) })

/** Names of an episode's blobs. */
export const journalBlob = (id: string): string => `episodes/${id}/journal.jsonl.zst`
export const resultsBlob = (id: string): string => `episodes/${id}/results.json`

/** An unfinished journal, ready to be resumed. */
export interface Reopened {
  readonly journal: Unfinished
  readonly tokens: readonly string[] | undefined
  readonly sink: LineSink
}

export class JournalFolder {
  readonly #folder: string
  readonly #blobs: BlobStore
  readonly #lock: FolderLock
  readonly #log: CommitLog
  readonly #sinks = new Map<string, LoggedSink>()
  #gaps: RecoveredLog['gaps']

  private constructor(
    folder: string,
    parts: { readonly blobs: BlobStore; readonly lock: FolderLock; readonly log: CommitLog },
    gaps: RecoveredLog['gaps'],
  ) {
    this.#folder = folder
    this.#blobs = parts.blobs
    this.#lock = parts.lock
    this.#log = parts.log
    this.#gaps = gaps
  }

  /**
   * Locks a data folder and completes the journals that a crash left behind.
   * @throws AppError FILE_UNWRITABLE; DATA_IN_USE when another process has it open
   */
  static async open(folder: string, blobs: BlobStore): Promise<JournalFolder> {
    const live = join(folder, 'live')
    const lock = await lockFolder(folder)
    try {
      await makeFolder(live, { mode: PRIVATE_FOLDER })
      await restrict(live, PRIVATE_FOLDER)
      const journalOf = (id: string): string => join(live, id, 'journal.jsonl')
      const { log, recovered } = await CommitLog.open(join(folder, 'log'), { journalOf })
      return new JournalFolder(folder, { blobs, lock, log }, recovered.gaps)
    } catch (error) {
      lock.release()
      throw toWriteError(error, folder)
    }
  }

  #path(id: string, name: string): string {
    if (!ID.test(id)) throw new AppError('UNKNOWN_EPISODE', 'this is not an episode id')
    return join(this.#folder, 'live', id, name)
  }

  /** What the last write failed with; undefined while journals can be written. */
  get fault(): unknown {
    return this.#log.fault
  }

  /** A path inside the folder, for checks of the disk. */
  get folder(): string {
    return this.#folder
  }

  /**
   * Makes room for a new episode. Its tokens are stored so that players can return after a restart.
   * @throws AppError FILE_UNWRITABLE
   */
  async create(id: string, tokens: readonly string[]): Promise<LineSink> {
    await makeFolder(this.#path(id, '.'), { mode: PRIVATE_FOLDER })
    await writeFileWhole(this.#path(id, 'tokens.json'), JSON.stringify({ tokens }), { mode: PRIVATE_FILE })
    return this.#attach(id, 0)
  }

  async #attach(id: string, lines: number): Promise<LineSink> {
    const sink = await this.#log.sink(id, this.#path(id, 'journal.jsonl'), lines)
    this.#sinks.set(id, sink)
    return sink
  }

  /** Removes what `create` made, for an episode that could not be started. */
  async discard(id: string): Promise<void> {
    await this.#sinks
      .get(id)
      ?.close()
      .catch(() => undefined)
    this.#sinks.delete(id)
    await rm(this.#path(id, '.'), { recursive: true, force: true })
  }

  /** Ids of the unfinished episodes, including live ones. */
  async liveIds(): Promise<string[]> {
    return (await readdir(join(this.#folder, 'live'))).filter((name) => ID.test(name)).sort()
  }

  /**
   * Reads an unfinished episode, to resume it. Undefined: no line of its journal was durable, so no client knows of it.
   * @throws AppError JOURNAL_CORRUPT, JOURNAL_VERSION
   */
  async reopen(id: string): Promise<Reopened | undefined> {
    const gap = this.#gaps.get(id)
    if (gap !== undefined) throw new AppError('JOURNAL_CORRUPT', `the journal of episode ${id} has a gap: ${gap}`)
    const path = this.#path(id, 'journal.jsonl')
    // A partially written header was never durable either.
    const size = await cutTornTail(path).catch((error: unknown) => (isMissing(error) ? 0 : Promise.reject(error)))
    if (size === 0) return undefined
    const journal = await readUnfinished(path)
    if (journal.lines.length === 0) return undefined
    const tokens = await this.#tokens(id)
    return { journal, tokens, sink: await this.#attach(id, journal.lines.length) }
  }

  async #tokens(id: string): Promise<readonly string[] | undefined> {
    const path = this.#path(id, 'tokens.json')
    const text = await readFile(path, 'utf8').catch((error: unknown) =>
      isMissing(error) ? undefined : Promise.reject(error),
    )
    if (text === undefined) return undefined
    return parseWith(Tokens, parseJson(text, path), { code: 'STATE_INVALID', what: path }).tokens
  }

  /** Takes over an unfinished episode from a folder of an earlier release. */
  async adopt(id: string, folder: string): Promise<void> {
    const seats = join(folder, 'seats.json')
    await rename(seats, join(folder, 'tokens.json')).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
    await rename(folder, this.#path(id, '.').replace(/\/\.?$/, ''))
  }

  /** Closes the journal of an episode that will not continue here; its files stay. */
  async release(id: string): Promise<void> {
    const sink = this.#sinks.get(id)
    this.#sinks.delete(id)
    await sink?.close()
  }

  /**
   * Archives an episode whose journal is whole: results and compressed journal become blobs, then the live files go.
   * Repeating it after a crash changes nothing.
   */
  async archive(id: string, results: Results | null): Promise<void> {
    this.#sinks.delete(id)
    if (results) await this.#blobs.put(resultsBlob(id), `${JSON.stringify(results, undefined, 2)}\n`)
    const path = this.#path(id, 'journal.jsonl')
    // Missing only if a crash came while the live files were being removed: then the blob is complete.
    const isLeft = await access(path).then(
      () => true,
      () => false,
    )
    if (isLeft || !(await this.isArchived(id))) await this.#blobs.put(journalBlob(id), compress(path))
    await rm(this.#path(id, '.'), { recursive: true })
  }

  /**
   * Opens an episode's journal for reading, with everything that is durable in it.
   * @throws AppError UNKNOWN_EPISODE, JOURNAL_CORRUPT, JOURNAL_VERSION
   */
  async read(id: string): Promise<JournalFile> {
    const path = this.#path(id, 'journal.jsonl')
    await this.#sinks
      .get(id)
      ?.catchUp()
      .catch((error: unknown) => {
        throw toWriteError(error, path)
      })
    try {
      if (await this.#blobs.exists(journalBlob(id))) {
        return await JournalFile.from(await openJournalBytes(await this.#blobs.open(journalBlob(id))))
      }
      return await JournalFile.open(path)
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : error
      if (isMissing(cause)) throw new AppError('UNKNOWN_EPISODE', `the journal of episode ${id} is missing`, { cause })
      throw error
    }
  }

  /** Whether the journal of an episode has been archived. */
  isArchived(id: string): Promise<boolean> {
    return this.#blobs.exists(journalBlob(id))
  }

  /** Removes a finished episode's blobs. */
  async remove(id: string): Promise<void> {
    await this.#blobs.delete(journalBlob(id))
    await this.#blobs.delete(resultsBlob(id))
  }

  /**
   * After a fault: accepts journals again, once every episode has been closed.
   * @throws AppError FILE_UNWRITABLE while the disk still refuses
   */
  async reopenLog(): Promise<void> {
    await Promise.allSettled([...this.#sinks.values()].map((sink) => sink.close()))
    this.#sinks.clear()
    this.#gaps = (await this.#log.reopen()).gaps
  }

  /** Brings every journal up to date and releases the folder, even if one of them fails. */
  async close(): Promise<void> {
    try {
      await this.#log.close()
    } finally {
      this.#lock.release()
    }
  }
}

async function* compress(path: string): AsyncGenerator<Buffer> {
  const writer = new SeekableZstdWriter()
  await using source = await open(path, 'r')
  for await (const chunk of source.createReadStream({ autoClose: false })) {
    if (Buffer.isBuffer(chunk)) yield writer.add(chunk)
  }
  yield writer.end()
}
