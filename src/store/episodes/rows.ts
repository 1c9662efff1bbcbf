// Converts episodes between their columns, their record in code and their summary on the wire.
import { z } from 'zod'
import { EPISODE_STATUSES, type EpisodeStatus, type EpisodeSummary } from '../../protocol/catalogue.ts'
import { EpisodeOutcome, PlayerRef, Results } from '../../protocol/episode.ts'
import { Problem } from '../../protocol/problem.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { EpisodeTable } from './tables.ts'

/** One episode in the index. Instants are milliseconds UTC since 1970. */
export interface EpisodeRecord {
  readonly id: string
  readonly status: EpisodeStatus
  /** Null when the journal's header cannot be read; then variant, seed and startedAt are null too. */
  readonly world: { readonly id: string; readonly version: string; readonly code?: string | undefined } | null
  readonly variant: string | null
  readonly seed: number | null
  /** One per slot. */
  readonly players: readonly PlayerRef[]
  /** The origin of the episode, such as `run`, `showcase`, `perception` or `session`. */
  readonly kind: string
  readonly startedAt: number | null
  /** Null until the episode has ended. */
  readonly endedAt: number | null
  readonly steps: number
  readonly outcome: EpisodeOutcome | null
  readonly results: Results | null
  /** The last running hash of the journal, 64 hex digits. */
  readonly hash: string | null
  readonly problem: Problem | null
  /** Name of the journal's blob; null if there is none yet. */
  readonly journal: string | null
  /** The episode from which it was forked. */
  readonly parent: string | null
  /** Failed attempts to resume the episode. */
  readonly attempts: number
  /** The server that runs the episode, and the expiry of its lease. */
  readonly owner: string | null
  readonly leaseUntil: number | null
}

const Status = z.enum(EPISODE_STATUSES)
const Players = z.array(PlayerRef)

/** A row as written: without the rebuild mark, which every write clears. */
export type EpisodeRow = Omit<EpisodeTable, 'is_stale'>

export function toEpisodeRow(record: EpisodeRecord): EpisodeRow {
  const { world, variant, outcome, results, problem } = record
  return {
    episode_id: record.id,
    status: record.status,
    world_id: world?.id ?? null,
    world_version: world?.version ?? null,
    world_code: world?.code ?? null,
    variant: variant && storedText(variant),
    seed: record.seed,
    players: JSON.stringify(record.players),
    kind: record.kind,
    started_at: record.startedAt ?? 0,
    ended_at: record.endedAt ?? 0,
    steps: record.steps,
    outcome: outcome && writeJsonColumn(outcome),
    results: results && writeJsonColumn(results),
    hash: record.hash,
    problem: problem && JSON.stringify(problem),
    journal: record.journal,
    parent_id: record.parent,
    attempts: record.attempts,
    owner: record.owner,
    lease_until: record.leaseUntil ?? 0,
  }
}

/** @throws AppError STORE_CORRUPT when a stored row does not fit its schema */
export function fromEpisodeRow(row: EpisodeRow): EpisodeRecord {
  const { outcome, results, problem, world_id: id, world_version, world_code } = row
  return {
    id: row.episode_id,
    status: readJsonColumn(Status, JSON.stringify(row.status), 'status'),
    world:
      id === null ? null : { id, version: world_version ?? '', ...(world_code === null ? {} : { code: world_code }) },
    variant: row.variant,
    seed: row.seed,
    players: readJsonColumn(Players, row.players, 'players'),
    kind: row.kind,
    startedAt: row.started_at || null,
    endedAt: row.ended_at || null,
    steps: row.steps,
    outcome: outcome === null ? null : readJsonColumn(EpisodeOutcome, outcome, 'outcome'),
    results: results === null ? null : readJsonColumn(Results, results, 'results'),
    hash: row.hash,
    problem: problem === null ? null : readJsonColumn(Problem, problem, 'problem'),
    journal: row.journal,
    parent: row.parent_id,
    attempts: row.attempts,
    owner: row.owner,
    leaseUntil: row.lease_until || null,
  }
}

/** The player names by which an episode can be found. */
export function playerNames(players: readonly PlayerRef[]): string[] {
  return [...new Set(players.map((player) => storedText(player.name)))]
}

/** An episode as lists on the wire show it. */
export function summarizeRecord(record: EpisodeRecord): EpisodeSummary {
  const { id, status, variant, seed, players, startedAt, steps, outcome, results, hash, problem } = record
  return {
    id,
    status,
    world: record.world === null ? null : { ...record.world },
    variant,
    seed,
    players: [...players],
    started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
    steps,
    outcome,
    results,
    hash,
    ...(problem === null ? {} : { problem }),
  }
}
