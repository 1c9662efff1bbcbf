// Episodes of studies in the store: which are in progress, who plays which slot, and how each ended. An episode and its
// assignments end in one transaction, which takes effect once.
import type { Selectable, Transaction } from 'kysely'
import { z } from 'zod'
import { EpisodeOutcome, Results } from '../../protocol/episode.ts'
import { EXIT_REASONS, type ExitReason, type SlotRecord } from '../../protocol/study-worlds.ts'
import { readJsonColumn, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { actIn } from './acts.ts'
import { completes } from './reasons.ts'
import { completingReasons, settled } from './settle.ts'
import type { StudyEpisodeTable } from './tables.ts'

export interface OpenEpisode {
  readonly id: string
  readonly study: string
  readonly arm: string
  readonly status: 'starting' | 'live'
  readonly createdAt: number
  readonly endsBy: number
}

export interface TakenSlot {
  readonly episode: string
  readonly slot: number
  readonly token: string
  readonly world: string
  readonly isStarting: boolean
}

/** How an episode ended. */
export interface EpisodeSettlement {
  readonly outcome: EpisodeOutcome | null
  readonly results: Results | null
  /** The exit reason of the participant in a slot. */
  exitOf(slot: number): ExitReason
  /** Who played a slot. @param planned who was to play it */
  playersOf(slot: number, planned: string): string
}

const Players = z.array(z.string())
const Reason = z.enum(EXIT_REASONS)
/** Exit reasons that complete an assignment in any study. */
const PLAYED: readonly ExitReason[] = ['game_completed', 'time_limit']

const isoOf = (ms: number): string => new Date(ms).toISOString()

export class StudyEpisodes {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Marks the episode as live. */
  async begin(id: string): Promise<void> {
    await this.#store.db
      .updateTable('study_episodes')
      .set({ status: 'live' })
      .where('episode_id', '=', id)
      .where('status', '=', 'starting')
      .execute()
  }

  /** Episodes that have not been settled, oldest first. */
  async open(limit: number): Promise<OpenEpisode[]> {
    const rows = await this.#store.db
      .selectFrom('study_episodes')
      .selectAll()
      .where('status', '<>', 'ended')
      .orderBy('created_at')
      .orderBy('episode_id')
      .limit(limit)
      .execute()
    return rows.map(toOpen)
  }

  /** One episode that has not been settled. */
  async find(id: string): Promise<OpenEpisode | undefined> {
    const row = await this.#store.db
      .selectFrom('study_episodes')
      .selectAll()
      .where('episode_id', '=', id)
      .where('status', '<>', 'ended')
      .executeTakeFirst()
    return row && toOpen(row)
  }

  /** Where the participant of an assignment is playing; undefined: nowhere. */
  async playing(assignment: string): Promise<TakenSlot | undefined> {
    const row = await this.#store.db
      .selectFrom('study_slots')
      .innerJoin('study_episodes', 'study_episodes.episode_id', 'study_slots.episode_id')
      .select(['study_slots.episode_id', 'slot', 'token', 'world', 'status'])
      .where('assignment_id', '=', assignment)
      .where('status', '<>', 'ended')
      .executeTakeFirst()
    if (!row) return undefined
    const { episode_id: episode, slot, token, world, status } = row
    return { episode, slot, token, world, isStarting: status === 'starting' }
  }

  /**
   * Settles an episode: completes or interrupts each participant's assignment, depending on how the episode ended for
   * them.
   * @returns false: it had already been settled, and nothing changed
   */
  settle(id: string, end: EpisodeSettlement): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const found = await tx
        .selectFrom('study_episodes')
        .select('players')
        .where('episode_id', '=', id)
        .executeTakeFirst()
      if (!found) return false
      const players = readJsonColumn(Players, found.players, 'players')
      const { numUpdatedRows } = await tx
        .updateTable('study_episodes')
        .set({
          players: writeJsonColumn(players.map((planned, slot) => end.playersOf(slot, planned))),
          status: 'ended',
          ended_at: Date.now(),
          outcome: end.outcome && writeJsonColumn(end.outcome),
          results: end.results && writeJsonColumn(end.results),
        })
        .where('episode_id', '=', id)
        .where('status', '<>', 'ended')
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      const taken = await tx
        .selectFrom('study_slots')
        .selectAll()
        .where('episode_id', '=', id)
        .orderBy('player_id')
        .execute()
      await lockAll(tx, this.#store.kind, taken)
      for (const { study, player_id: player, assignment_id, slot } of taken) {
        const reason = end.exitOf(slot)
        const extra = await completingReasons(tx, study)
        const isComplete = PLAYED.includes(reason) || completes(reason, extra)
        await actIn(tx, this.#store.kind, { study, player, limit: null }, ({ rows, now }) => {
          const row = rows.find((each) => each.id === assignment_id && each.session === id)
          return { rows: row?.status === 'in_progress' ? [settled(row, isComplete, now)] : [], result: undefined }
        })
        await tx
          .updateTable('study_slots')
          .set({ exit_reason: reason, score: end.results?.scores[slot] ?? null, token: '' })
          .where('episode_id', '=', id)
          .where('slot', '=', slot)
          .execute()
      }
      return true
    })
  }

  /** The slots played for some assignments, oldest first. */
  async records(assignments: readonly string[]): Promise<SlotRecord[]> {
    if (assignments.length === 0) return []
    const rows = await this.#store.db
      .selectFrom('study_slots')
      .innerJoin('study_episodes', 'study_episodes.episode_id', 'study_slots.episode_id')
      .selectAll('study_episodes')
      .select(['slot', 'assignment_id', 'consent_version', 'exit_reason', 'score'])
      .where('assignment_id', 'in', assignments)
      .orderBy('created_at')
      .orderBy('study_episodes.episode_id')
      .execute()
    return rows.map((row) => ({
      assignment_id: row.assignment_id,
      episode_id: row.episode_id,
      arm: row.arm,
      world: row.world,
      variant: row.variant,
      seed: row.seed,
      slot: row.slot,
      players: readJsonColumn(Players, row.players, 'players'),
      consent_version: row.consent_version,
      exit_reason: row.exit_reason === null ? null : Reason.parse(row.exit_reason),
      score: row.score,
      outcome: row.outcome === null ? null : readJsonColumn(EpisodeOutcome, row.outcome, 'outcome'),
      results: row.results === null ? null : readJsonColumn(Results, row.results, 'results'),
      started_at: isoOf(row.created_at),
      ended_at: row.ended_at === null ? null : isoOf(row.ended_at),
    }))
  }
}

function toOpen(row: Selectable<StudyEpisodeTable>): OpenEpisode {
  const status = row.status === 'starting' ? 'starting' : 'live'
  const { study, arm, created_at: createdAt, ends_by: endsBy } = row
  return { id: row.episode_id, study, arm, status, createdAt, endsBy }
}

/** All participants are locked first, in order, and the counters after them, so that transactions cannot deadlock. */
async function lockAll(
  tx: Transaction<Tables>,
  kind: Store['kind'],
  taken: readonly { readonly study: string; readonly player_id: string }[],
): Promise<void> {
  for (const { study, player_id } of taken) {
    const select = tx
      .selectFrom('study_participants')
      .select('player_id')
      .where('study', '=', study)
      .where('player_id', '=', player_id)
    await (kind === 'postgres' ? select.forUpdate() : select).execute()
  }
}
