// Resumes one unfinished episode of the archive, or stores in its row why that is impossible.
import type { Episode } from '../episode/episode.ts'
import { appendFailure, resumeEpisode } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import type { EpisodeArchive } from './episode-archive.ts'
import { GATHER_MS, inProcessFor } from './episode-spec.ts'
import type { Reopened } from './journal-folder.ts'
import type { Log } from './log.ts'
import { createElapsed, offlineWorkers } from './offline-workers.ts'
import { isStorageFault } from './suspended.ts'
import type { WorldRegistry } from './world-registry.ts'

export interface ResumeSettings {
  /** Milliseconds to wait for players to reconnect. */
  readonly gatherMs: number
  /** Milliseconds between the last player joining and the next step. */
  readonly leadMs: number
}

/** Milliseconds that a resumed episode must survive before its attempt count is reset. */
const CONFIRM_MS = 10_000
const LEAD_MS = 500

interface ResumeParts {
  readonly archive: EpisodeArchive
  readonly worlds: WorldRegistry
  readonly settings: Partial<ResumeSettings>
  readonly log: Log
}

/**
 * @returns the episode, not begun yet; undefined: there was nothing to resume, or it cannot be resumed
 * @throws what `isStorageFault` accepts: it can be resumed later
 */
export async function resumeOne(id: string, parts: ResumeParts): Promise<Episode | undefined> {
  const { archive, log } = parts
  let reopened: Reopened | undefined
  try {
    reopened = await archive.take(id)
    if (!reopened) return undefined
    const episode = await restore(id, reopened, parts)
    confirmLater(id, episode, parts)
    return episode
  } catch (error) {
    if (error instanceof AppError && error.code === 'EPISODE_OVER') await archive.settle(id)
    else if (isStorageFault(error)) {
      await archive.journals.release(id).catch(() => undefined)
      throw error
    } else if (error instanceof AppError && error.code === 'EPISODE_FAILED' && reopened) {
      await archiveFailure(id, reopened, archive, error)
    } else {
      log.error({ episode: id, err: error }, 'episode.resume_failed')
      await archive.quarantine(id, error instanceof AppError ? error : unexpected(error))
    }
    return undefined
  }
}

async function restore(id: string, { journal, tokens, sink }: Reopened, parts: ResumeParts): Promise<Episode> {
  const { worlds, settings, log } = parts
  const world = await worlds.loadRecorded(journal.header)
  return resumeEpisode(world, journal, {
    inProcessFor: inProcessFor(world, journal.header.seed),
    tokens,
    sink,
    gatherMs: settings.gatherMs ?? GATHER_MS,
    leadMs: settings.leadMs ?? LEAD_MS,
    workers: offlineWorkers(world, createElapsed()),
    onError: (what, err) => log.error({ episode: id, err }, `episode.error: ${what}`),
  })
}

/** The world throws at the same step again: the journal gets its last line, and the episode is not resumed again. */
async function archiveFailure(id: string, { sink }: Reopened, archive: EpisodeArchive, error: AppError): Promise<void> {
  const { step, hash } = error.details ?? {}
  const failure = { code: 'WORLD_THREW', message: error.message }
  if (typeof step === 'number' && typeof hash === 'string') appendFailure(sink, { step, hash, failure })
  await sink.commit()
  await archive.settle(id)
}

function unexpected(error: unknown): AppError {
  return new AppError('JOURNAL_CORRUPT', error instanceof Error ? error.message : String(error), { cause: error })
}

/** Records that a resume succeeded. If the write fails, the failure is logged and the old count remains. */
export async function confirmResume(id: string, archive: EpisodeArchive, log: Log): Promise<void> {
  await archive.confirm(id).catch((err: unknown) => log.error({ episode: id, err }, 'episode.confirm_failed'))
}

function confirmLater(id: string, episode: Episode, { archive, log }: ResumeParts): void {
  const timer = setTimeout(() => void confirmResume(id, archive, log), CONFIRM_MS)
  timer.unref()
  const cancel = (): void => clearTimeout(timer)
  episode.done.then(cancel, cancel)
}
