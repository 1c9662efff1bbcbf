// The storage of a service's episodes: journals in a folder, and one row each in the index. Wherever the process dies,
// every method leaves both in a state from which a restart can recover.
import { randomUUID } from 'node:crypto'
import type { ByteSource } from '../episode/byte-source.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { JournalFile } from '../episode/journal-file.ts'
import { openJournalBytes } from '../episode/open-bytes.ts'
import type { LineSink } from '../episode/sink.ts'
import { AppError } from '../kernel/errors.ts'
import type { EpisodeFailure } from '../protocol/episode.ts'
import type { EpisodeIndex, EpisodePatch } from '../store/episodes/episode-index.ts'
import type { EpisodeRecord } from '../store/episodes/rows.ts'
import { brokenRecord, failedFields, kindOf, lastStep, readRecord, recordOfHeader } from './episode-records.ts'
import { type JournalFolder, journalBlob, type Reopened } from './journal-folder.ts'
import type { Log } from './log.ts'

export interface EpisodeStorage {
  readonly journals: JournalFolder
  readonly index: EpisodeIndex
  /** Finished journals stored elsewhere, such as those of leagues; undefined: not stored there. */
  readonly elsewhere?: ((id: string) => Promise<ByteSource | undefined>) | undefined
}

/** Lease of this server on its live episodes in the index, and the renewal interval, in milliseconds. */
const LEASE_MS = 30_000
const RENEW_MS = 10_000
/** Consecutive failed resumes before an episode is quarantined. */
export const MAX_ATTEMPTS = 3

export function openArchive(storage: EpisodeStorage, log: Log): EpisodeArchive {
  return new EpisodeArchive(storage, log)
}

export class EpisodeArchive {
  readonly journals: JournalFolder
  readonly index: EpisodeIndex
  readonly #elsewhere: EpisodeStorage['elsewhere']
  readonly #log: Log
  readonly #owner = randomUUID()
  readonly #renewal: NodeJS.Timeout

  constructor({ journals, index, elsewhere }: EpisodeStorage, log: Log) {
    this.journals = journals
    this.index = index
    this.#elsewhere = elsewhere
    this.#log = log
    this.#renewal = setInterval(() => {
      index.renew(this.#owner, LEASE_MS).catch((err: unknown) => log.error({ err }, 'episode.renewal_failed'))
    }, RENEW_MS)
    this.#renewal.unref()
  }

  get fault(): unknown {
    return this.journals.fault
  }

  reopen(): Promise<void> {
    return this.journals.reopenLog()
  }

  /**
   * Makes room for an episode, creates it, and resolves once its header is durable and the index has it. If anything
   * fails, nothing of the episode remains.
   */
  async begin(
    id: string,
    about: { tokens: readonly string[]; kind: string; create: (sink: LineSink) => Episode },
  ): Promise<Episode> {
    const sink = await this.journals.create(id, about.tokens)
    let episode: Episode | undefined
    try {
      episode = about.create(sink)
      await episode.durable()
      const facts = { kind: about.kind, owner: this.#owner, leaseUntil: Date.now() + LEASE_MS }
      await this.index.put(recordOfHeader(episode.header, 'live', facts))
      return episode
    } catch (error) {
      await episode?.stop().catch(() => undefined)
      await this.journals
        .discard(id)
        .catch((err: unknown) => this.#log.error({ episode: id, err }, 'episode.discard_failed'))
      throw error
    }
  }

  /** Archives a finished episode. */
  async finish(episode: Episode, end: EpisodeEnd): Promise<void> {
    const id = episode.header.episode
    await this.journals.archive(id, end.results)
    await this.#patch(id, {
      ...ended(episode),
      status: 'finished',
      outcome: end.outcome,
      results: end.results,
      hash: end.hash ?? null,
    })
  }

  /** Archives an episode that failed; its journal ends with the failure. */
  async fail(episode: Episode, failure: EpisodeFailure): Promise<void> {
    const id = episode.header.episode
    // Without a durable failure line, the next start would resume it; the row prevents that.
    await this.#patch(id, { ...ended(episode), ...failedFields(failure), journal: null })
    await this.journals.archive(id, null)
    await this.#patch(id, { journal: journalBlob(id) })
  }

  /** An episode that was stopped before its end. */
  async suspend(episode: Episode, error: unknown): Promise<void> {
    const id = episode.header.episode
    await this.journals
      .release(id)
      .catch((err: unknown) => this.#log.error({ episode: id, err }, 'episode.close_failed'))
    const problem = error === undefined ? null : toProblem(error)
    const players = episode.slots.map((slot) => slot.player)
    const steps = episode.step
    await this.#patch(id, { status: 'unfinished', players, steps, owner: null, leaseUntil: null, problem })
  }

  async #patch(id: string, changes: EpisodePatch): Promise<void> {
    const isThere = await this.index.patch(id, changes)
    if (!isThere) await this.index.put({ ...(await this.#readRecord(id)), ...changes })
  }

  /** The row of an episode, or the same data from its journal if the index has no row. */
  async record(id: string): Promise<EpisodeRecord> {
    return (await this.index.get(id)) ?? this.#readRecord(id)
  }

  async #readRecord(id: string) {
    const journal = (await this.journals.isArchived(id)) ? journalBlob(id) : null
    return readRecord(id, () => this.journals.read(id), journal)
  }

  /** The row of an episode, or its data from the journal if it is stored elsewhere. */
  async find(id: string): Promise<EpisodeRecord | undefined> {
    const known = await this.index.get(id)
    if (known) return known
    const source = await this.#elsewhere?.(id)
    return source && readRecord(id, async () => JournalFile.from(await openJournalBytes(source)), null)
  }

  /**
   * Opens the journal of an episode that is stored here or elsewhere.
   * @throws AppError as `JournalFolder.read`; UNKNOWN_BLOB when one elsewhere has just been removed
   */
  async read(id: string): Promise<JournalFile> {
    const source = await this.#elsewhere?.(id)
    return source ? JournalFile.from(await openJournalBytes(source)) : this.journals.read(id)
  }

  /**
   * Ids of the episodes in the folder that wait to be resumed. Also corrects rows that a crash left live although their
   * journal was already archived.
   */
  async unfinished(): Promise<string[]> {
    const ids = await this.journals.liveIds()
    const here = new Set(ids)
    for (let after = ''; ; ) {
      const batch = await this.index.idsWithStatus('live', SWEPT_AT_ONCE, after)
      for (const id of batch) {
        if (!here.has(id) && (await this.journals.isArchived(id))) await this.index.put(await this.#readRecord(id))
      }
      after = batch.at(-1) ?? ''
      if (batch.length < SWEPT_AT_ONCE) return ids
    }
  }

  /**
   * Claims an unfinished episode for a resume. Undefined: there is nothing to resume; the row gives the reason.
   * @throws AppError JOURNAL_CORRUPT, JOURNAL_VERSION
   */
  async take(id: string): Promise<Reopened | undefined> {
    const record = await this.record(id)
    if (record.status === 'failed') {
      await this.journals.archive(id, null)
      await this.index.put({ ...record, journal: journalBlob(id) })
      return undefined
    }
    const reopened = await this.journals.reopen(id)
    if (!reopened) {
      const isArchived = await this.journals.isArchived(id)
      await this.journals.discard(id)
      // A crash while the live files of an archived episode were removed: its end is known, but its row is out of date.
      if (isArchived) await this.index.put(await this.#readRecord(id))
      else await this.index.remove(id)
      return undefined
    }
    const steps = lastStep(reopened.journal.lines)
    // An episode that went further than last time did not fail at the same step: the process died for another reason.
    const failed = steps > record.steps ? 0 : record.attempts
    if (failed >= MAX_ATTEMPTS) {
      await this.quarantine(id, quarantined(failed))
      return undefined
    }
    // Counted before the attempt: a resume that crashes the whole process counts too.
    const facts = {
      kind: record.world ? record.kind : kindOf(id),
      owner: this.#owner,
      leaseUntil: Date.now() + LEASE_MS,
    }
    const live = recordOfHeader(reopened.journal.header, 'live', facts)
    await this.index.put({ ...live, id, steps, attempts: failed + 1 })
    return reopened
  }

  /** A resume succeeded: the count restarts at zero. */
  async confirm(id: string): Promise<void> {
    await this.index.patch(id, { attempts: 0 })
  }

  /**
   * Archives an episode whose journal already has its last line: the process crashed between the end and the archive.
   */
  async settle(id: string): Promise<void> {
    await this.journals.release(id)
    const record = await this.#readRecord(id)
    await this.journals.archive(id, record.results)
    await this.index.put({ ...record, journal: journalBlob(id) })
  }

  /** Leaves an episode that cannot be resumed in place, with the reason in its row. */
  async quarantine(id: string, error: AppError): Promise<void> {
    await this.journals
      .release(id)
      .catch((err: unknown) => this.#log.error({ episode: id, err }, 'episode.close_failed'))
    const record = (await this.index.get(id)) ?? brokenRecord(id, error.toProblem())
    await this.index.put({
      ...record,
      status: 'broken',
      problem: error.toProblem(),
      // Only resumes that crashed the process count: the next start can find a world that is installed later.
      attempts: error.code === 'EPISODE_QUARANTINED' ? record.attempts : 0,
      owner: null,
      leaseUntil: null,
    })
  }

  async remove(id: string): Promise<void> {
    await this.index.remove(id)
    await this.journals.remove(id)
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal)
    await this.journals.close()
  }
}

/** Rows per query of a sweep. */
const SWEPT_AT_ONCE = 500

function ended(episode: Episode): EpisodePatch {
  return {
    players: episode.slots.map((slot) => slot.player),
    endedAt: Date.now(),
    steps: episode.step,
    journal: journalBlob(episode.header.episode),
    owner: null,
    leaseUntil: null,
    attempts: 0,
    problem: null,
  }
}

function toProblem(error: unknown) {
  return (error instanceof AppError ? error : new AppError('FILE_UNWRITABLE', String(error))).toProblem()
}

function quarantined(attempts: number): AppError {
  return new AppError('EPISODE_QUARANTINED', `${attempts} consecutive attempts to resume this episode failed`, {
    details: { attempts },
  })
}
