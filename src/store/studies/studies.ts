// Studies in the store: their files, links and participants, and which session belongs to which assignment.
import type { Selectable, Transaction } from 'kysely'
import type { JsonObject } from '../../protocol/json.ts'
import { writeJsonColumn } from '../columns.ts'
import { fromEventRow, fromSessionRow } from '../sessions/rows.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { type ActKey, type ActOptions, act, actIn, type Change, overdueParticipants, type Scene } from './acts.ts'
import { readTally, type StoredTally } from './counters.ts'
import { fromAssignmentRow, fromParticipantRow, type Participant, type StoredAssignment } from './rows.ts'
import type { StudyTable } from './tables.ts'

export interface StoredStudy {
  readonly name: string
  readonly generation: 'experiment' | 'run'
  readonly source: string
  readonly isClosed: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

/** A session that belongs to a study. */
export interface SessionPlace {
  readonly session: string
  readonly study: string
  readonly assignment: string
  /** Game, pc and npc. */
  readonly arm: string
  readonly consentVersion: string | null
}

/** The form of a name that lookups use. */
export const foldName = (name: string): string => name.trim().toLowerCase()

const fromStudyRow = (row: Selectable<StudyTable>): StoredStudy => ({
  name: row.name,
  generation: row.generation === 'run' ? 'run' : 'experiment',
  source: row.source,
  isClosed: row.is_closed === 1,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Participants per page. */
const PAGE = 500

export class Studies {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Adds a study, or replaces its file; participants and assignments stay. */
  async put(study: {
    readonly name: string
    readonly generation: 'experiment' | 'run'
    readonly source: string
    readonly alias?: string | undefined
    readonly completing: readonly string[]
    readonly config: JsonObject
  }): Promise<void> {
    const now = Date.now()
    const changing = {
      generation: study.generation,
      source: study.source,
      alias: study.alias === undefined ? null : foldName(study.alias),
      completing: writeJsonColumn(study.completing),
      config: writeJsonColumn(study.config),
      updated_at: now,
    }
    const { name } = study
    await this.#store.db
      .insertInto('studies')
      .values({ name, folded: foldName(name), is_closed: 0, created_at: now, ...changing })
      .onConflict((conflict) => conflict.column('folded').doUpdateSet(changing))
      .execute()
  }

  /** By declared name or file stem, ignoring case and surrounding blanks. */
  async find(name: string): Promise<StoredStudy | undefined> {
    const folded = foldName(name)
    const query = this.#store.db.selectFrom('studies').selectAll()
    const row =
      (await query.where('folded', '=', folded).executeTakeFirst()) ??
      (await query.where('alias', '=', folded).executeTakeFirst())
    return row && fromStudyRow(row)
  }

  async list(): Promise<StoredStudy[]> {
    return (await this.#store.db.selectFrom('studies').selectAll().orderBy('name').execute()).map(fromStudyRow)
  }

  /** @returns whether the study exists */
  async setClosed(name: string, isClosed: boolean): Promise<boolean> {
    const { numUpdatedRows } = await this.#store.db
      .updateTable('studies')
      .set({ is_closed: isClosed ? 1 : 0, updated_at: Date.now() })
      .where('name', '=', name)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** One act of one participant, in its own transaction. */
  act<T>(key: ActKey, options: ActOptions, decide: (scene: Scene) => Change<T> | Promise<Change<T>>): Promise<T> {
    return act(this.#store, key, options, decide)
  }

  /** The same in the caller's transaction. */
  actIn<T>(
    tx: Transaction<Tables>,
    key: ActKey,
    options: ActOptions,
    decide: (scene: Scene) => Change<T> | Promise<Change<T>>,
  ): Promise<T> {
    return actIn(tx, this.#store.kind, { ...key, ...options }, decide)
  }

  tally(study: string): Promise<StoredTally> {
    return readTally(this.#store.db, study)
  }

  /** Releases expired reservations. @returns the number of participants who had one */
  async expire(limit = PAGE): Promise<number> {
    const overdue = await overdueParticipants(this.#store, Date.now(), limit)
    for (const key of overdue) await this.act(key, { limit: null }, () => ({ result: undefined }))
    return overdue.length
  }

  async placeSession(tx: Transaction<Tables>, place: SessionPlace): Promise<void> {
    await tx
      .insertInto('session_studies')
      .values({
        session_id: place.session,
        study: place.study,
        assignment_id: place.assignment,
        arm: place.arm,
        consent_version: place.consentVersion,
        created_at: Date.now(),
      })
      .execute()
  }

  /** The study to which a session belongs. */
  async placeOf(session: string): Promise<SessionPlace | undefined> {
    const row = await this.#store.db
      .selectFrom('session_studies')
      .selectAll()
      .where('session_id', '=', session)
      .executeTakeFirst()
    return (
      row && {
        session: row.session_id,
        study: row.study,
        assignment: row.assignment_id,
        arm: row.arm,
        consentVersion: row.consent_version,
      }
    )
  }

  /** Whether a player has ever had an assignment. */
  async isParticipant(player: string): Promise<boolean> {
    const row = await this.#store.db
      .selectFrom('assignments')
      .select('assignment_id')
      .where('player_id', '=', player)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  async participant(study: string, player: string): Promise<Participant | undefined> {
    const row = await this.#store.db
      .selectFrom('study_participants')
      .selectAll()
      .where('study', '=', study)
      .where('player_id', '=', player)
      .executeTakeFirst()
    return row && fromParticipantRow(row)
  }

  /** Participants, ordered by id. @param after the last id of the previous page */
  async participants(study: string, after = '', limit = PAGE): Promise<Participant[]> {
    const rows = await this.#store.db
      .selectFrom('study_participants')
      .selectAll()
      .where('study', '=', study)
      .where('player_id', '>', after)
      .orderBy('player_id')
      .limit(limit)
      .execute()
    return rows.map(fromParticipantRow)
  }

  /** Assignments of some participants, by participant and order. */
  async assignments(study: string, players: readonly string[]): Promise<StoredAssignment[]> {
    if (players.length === 0) return []
    const rows = await this.#store.db
      .selectFrom('assignments')
      .selectAll()
      .where('study', '=', study)
      .where('player_id', 'in', players)
      .orderBy('player_id')
      .orderBy('ordinal')
      .execute()
    return rows.map(fromAssignmentRow)
  }

  /** Sessions of some assignments, with their events. */
  async sessions(assignments: readonly string[]) {
    if (assignments.length === 0) return []
    const places = await this.#store.db
      .selectFrom('session_studies')
      .selectAll()
      .where('assignment_id', 'in', assignments)
      .orderBy('created_at')
      .execute()
    const found = []
    for (const { session_id, assignment_id, arm, consent_version } of places) {
      const { db } = this.#store
      const row = await db.selectFrom('sessions').selectAll().where('session_id', '=', session_id).executeTakeFirst()
      if (!row) continue
      const events = await db
        .selectFrom('session_events')
        .selectAll()
        .where('session_id', '=', session_id)
        .orderBy('seq')
        .execute()
      found.push({
        assignment: assignment_id,
        arm,
        consentVersion: consent_version,
        header: fromSessionRow(row),
        events: events.map(fromEventRow),
      })
    }
    return found
  }

  /**
   * Removes all data that a study has about a participant, including sessions, and updates the counters.
   * @returns episodes in which no other participant played: their journals contain only this participant's data
   */
  erase(key: ActKey): Promise<string[]> {
    return this.#store.transaction(async (tx) => {
      await this.actIn(tx, key, { limit: null }, ({ rows, now }) => ({
        rows: rows.map((row) => ({ ...row, status: 'expired' as const, isReserved: false, updatedAt: now })),
        result: undefined,
      }))
      // Rows that expired earlier have data too, for instance of abandoned sessions.
      const all = tx.selectFrom('assignments').select('assignment_id').where('study', '=', key.study)
      const rows = await all.where('player_id', '=', key.player).execute()
      const ids = rows.map(({ assignment_id }) => assignment_id)
      const places =
        ids.length === 0
          ? []
          : await tx.selectFrom('session_studies').select('session_id').where('assignment_id', 'in', ids).execute()
      for (const { session_id } of places) {
        for (const table of ['session_events', 'session_journals', 'session_studies', 'sessions'] as const) {
          await tx.deleteFrom(table).where('session_id', '=', session_id).execute()
        }
      }
      const alone = await forgetSlots(tx, key, ids)
      await tx.deleteFrom('assignments').where('study', '=', key.study).where('player_id', '=', key.player).execute()
      await tx
        .deleteFrom('study_participants')
        .where('study', '=', key.study)
        .where('player_id', '=', key.player)
        .execute()
      return alone
    })
  }
}

/** Removes a participant from episodes. @returns the episodes that no other participant played */
async function forgetSlots(
  tx: Transaction<Tables>,
  { study, player }: ActKey,
  assignments: readonly string[],
): Promise<string[]> {
  await tx.deleteFrom('study_waiting').where('study', '=', study).where('player_id', '=', player).execute()
  if (assignments.length === 0) return []
  const taken = tx.selectFrom('study_slots').select('episode_id')
  const own = await taken.where('assignment_id', 'in', assignments).execute()
  await tx.deleteFrom('study_slots').where('assignment_id', 'in', assignments).execute()
  const alone: string[] = []
  for (const { episode_id } of own) {
    if (await taken.where('episode_id', '=', episode_id).executeTakeFirst()) continue
    await tx.deleteFrom('study_episodes').where('episode_id', '=', episode_id).execute()
    alone.push(episode_id)
  }
  return alone
}
