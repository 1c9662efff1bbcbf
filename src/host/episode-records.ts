// Rows of the episode index, made from headers, ends and journals.
import type { JournalFile } from '../episode/journal-file.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { parseLine, splitHash } from '../kernel/journal.ts'
import type { EpisodeFailure } from '../protocol/episode.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { Problem } from '../protocol/problem.ts'
import type { EpisodeRecord } from '../store/episodes/rows.ts'

/** The fields of a row that do not come from the journal. */
export interface RecordFacts {
  readonly kind: string
  /** The server that runs the episode, and the expiry of its claim; null: none. */
  readonly owner: string | null
  readonly leaseUntil: number | null
}

const NOBODY: Omit<RecordFacts, 'kind'> = { owner: null, leaseUntil: null }

/** The row of a live or unfinished episode. */
export function recordOfHeader(
  header: JournalHeader,
  status: 'live' | 'unfinished',
  facts: RecordFacts,
): EpisodeRecord {
  return {
    id: header.episode,
    status,
    world: header.world,
    variant: header.variant,
    seed: header.seed,
    players: header.slots,
    kind: facts.kind,
    startedAt: Date.parse(header.started_at),
    endedAt: null,
    steps: 0,
    outcome: null,
    results: null,
    hash: null,
    problem: null,
    journal: null,
    parent: header.parent?.episode ?? null,
    attempts: 0,
    owner: facts.owner,
    leaseUntil: facts.leaseUntil,
  }
}

/** The changes to the row of an episode that failed. */
export function failedFields(failure: EpisodeFailure) {
  const hint = 'The journal holds everything up to the failure; the log of the server has the cause.'
  return {
    status: 'failed' as const,
    outcome: { ended: 'failed' as const, reason: failure.message, error: failure },
    results: null,
    problem: { ...failure, hint },
  }
}

/** The row of an episode whose journal cannot be used. */
export function brokenRecord(id: string, problem: Problem): EpisodeRecord {
  return {
    id,
    status: 'broken',
    world: null,
    variant: null,
    seed: null,
    players: [],
    kind: kindOf(id),
    startedAt: null,
    endedAt: null,
    steps: 0,
    outcome: null,
    results: null,
    hash: null,
    problem,
    journal: null,
    parent: null,
    attempts: 0,
    ...NOBODY,
  }
}

/** Ids begin with the kind of the episode: 'showcase-20261120-234105-1f3a9c04'. */
export const kindOf = (id: string): string => /^([a-z][a-z-]*)-\d{8}-/.exec(id)?.[1] ?? 'episode'

/**
 * The row of an episode, derived only from its journal: used to rebuild the index.
 * @param journal name of the journal's blob; null: it is in the folder of live journals
 */
export async function recordOfJournal(id: string, file: JournalFile, journal: string | null): Promise<EpisodeRecord> {
  const { line, text } = await file.last()
  const base = { ...recordOfHeader(file.header, 'unfinished', { kind: kindOf(id), ...NOBODY }), id, journal }
  switch (line.kind) {
    case 'header':
      return base
    case 'failure':
      return { ...base, steps: line.line.step, ...failedFields(line.line.failure) }
    case 'outcome': {
      const { step, outcome, results } = line.line
      return { ...base, status: 'finished', steps: step, outcome, results, hash: splitHash(text)?.hash ?? null }
    }
    default:
      return { ...base, steps: line.line.step }
  }
}

/** Like `recordOfJournal`, but an unreadable journal gives a broken row. */
export async function readRecord(
  id: string,
  open: () => Promise<JournalFile>,
  journal: string | null,
): Promise<EpisodeRecord> {
  try {
    const file = await open()
    try {
      return await recordOfJournal(id, file, journal)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return brokenRecord(id, error.toProblem())
  }
}

/** The step of the last line of an unfinished journal; 0: it has only its header. */
export function lastStep(lines: readonly string[]): number {
  const split = splitHash(at(lines, lines.length - 1))
  const line = split && parseLine(split.body, lines.length)
  return line && line.kind !== 'header' ? line.line.step : 0
}
