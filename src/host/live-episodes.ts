// How the service describes the episodes in memory, and how it reports failures while starting one.
import type { Episode } from '../episode/episode.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { Problem } from '../protocol/problem.ts'
import { summarizeRecord } from '../store/episodes/rows.ts'
import type { EpisodeArchive } from './episode-archive.ts'
import { brokenRecord, kindOf, recordOfHeader } from './episode-records.ts'

export interface EpisodePage {
  readonly entries: readonly EpisodeSummary[]
  readonly total: number
  readonly nextCursor: string | null
}

/** Whether an episode waits for players, so that no step is made before one joins. */
export function isGathering({ status, slots }: Episode): boolean {
  return status === 'waiting' && !slots.every(({ hasBeenTaken }) => hasBeenTaken)
}

/** A world that throws while an episode is created has failed, like one that throws in a step. */
export function createSupervised(world: World, create: () => Episode): Episode {
  try {
    return create()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('EPISODE_FAILED', `${world.id} could not create an episode: ${message}`, { cause })
  }
}

/** EPISODE_OVER; INTERRUPTED for an episode that has not ended: it is yet to be resumed. */
export function notLive({ id, status }: EpisodeSummary): AppError {
  if (status !== 'live' && status !== 'unfinished') return new AppError('EPISODE_OVER', `episode ${id} has ended`)
  return new AppError('INTERRUPTED', `episode ${id} is not running at this moment`, {
    hint: 'Try again in a moment: it is resumed where it was.',
  })
}

/** An episode whose journal could not be written: it waits for the disk. */
export function summarizeSuspended(episode: Episode, error: unknown): EpisodeSummary {
  return { ...summarizeLive(episode), status: 'unfinished', problem: problemOf(error) }
}

/** An episode that the storage did not let resume: it waits, too. */
export async function summarizeWaiting(
  id: string,
  archive: Pick<EpisodeArchive, 'record'>,
  error: unknown,
): Promise<EpisodeSummary> {
  const problem = problemOf(error)
  const record = await archive.record(id).catch(() => brokenRecord(id, problem))
  return { ...summarizeRecord(record), status: 'unfinished', problem }
}

function problemOf(error: unknown): Problem {
  return (error instanceof AppError ? error : new AppError('FILE_UNWRITABLE', String(error))).toProblem()
}

/** The summary of an episode that this server runs: newer than its row in the index. */
export function summarizeLive(episode: Episode): EpisodeSummary {
  const record = recordOfHeader(episode.header, 'live', {
    kind: kindOf(episode.header.episode),
    owner: null,
    leaseUntil: null,
  })
  const summary = { ...summarizeRecord(record), players: episode.slots.map((slot) => slot.player), steps: episode.step }
  try {
    return { ...summary, results: episode.standing() }
  } catch {
    // The world threw: the episode has just failed, and the next query shows that.
    return summary
  }
}
