// Waiting rooms in the store. Every server on the store may form groups. A room is locked while a group is formed, its
// members are locked in order, and each must still be waiting and free. No participant is in two groups, even if
// servers and requests race.
import type { Selectable, Transaction } from 'kysely'
import { writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { type ActKey, actIn, type Scene } from './acts.ts'
import { type Match, nextMatch, type RoomRules, type Waiter } from './matching.ts'
import type { StoredAssignment } from './rows.ts'
import type { StudyWaitingTable } from './tables.ts'

/**
 * Waiters read per pass over a room. Groups are formed until none is possible, so any further waiters wait only for the
 * next pass.
 */
const LOOKED_AT = 256

/** An episode that a group is about to play. */
export interface PlannedSlots {
  readonly episode: string
  readonly world: string
  readonly variant: string | null
  readonly seed: number
  /** One per slot: `participant` or the name of a bot. */
  readonly players: readonly string[]
  readonly endsBy: number
  /** One per member, in the order of the members. */
  readonly taken: readonly { readonly slot: number; readonly token: string }[]
}

export type Matched = { readonly kind: 'group'; readonly plan: PlannedSlots } | { readonly kind: 'released' }

interface Entry extends ActKey {
  readonly assignment: string
  readonly arm: string
  readonly waitMs: number
  readonly graceMs: number
  readonly limit: number | null
  /** @throws AppError if the participant may not play now */
  check(scene: Scene): void
}

/** How long a place is held beyond the waiting time, in milliseconds. */
const HOLD_MS = 60_000

export const isFree = ({ status }: Pick<StoredAssignment, 'status'>): boolean =>
  status === 'assigned' || status === 'interrupted'

export class WaitingRooms {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Admits a participant to a room, or records that they are still there. @returns whether the assignment is now
   * waiting for a group
   */
  enter({ study, player, limit, ...entry }: Entry): Promise<boolean> {
    const key = { study, player }
    return this.#store.transaction((tx) =>
      actIn(tx, this.#store.kind, { ...key, limit }, async (scene) => {
        entry.check(scene)
        const row = scene.rows.find(({ id }) => id === entry.assignment)
        if (!row || !isFree(row)) return { result: false }
        const { now } = scene
        const known = await waiting(tx, key)
        const isStill = known?.assignment_id === row.id && known.seen_at >= now - entry.graceMs
        const deadline = isStill ? known.deadline : now + entry.waitMs
        const entered = { assignment_id: row.id, arm: entry.arm, entered_at: isStill ? known.entered_at : now }
        const columns = { ...entered, seen_at: now, deadline }
        await tx
          .insertInto('study_waiting')
          .values({ study, player_id: player, ...columns })
          .onConflict((conflict) => conflict.columns(['study', 'player_id']).doUpdateSet(columns))
          .execute()
        if (!row.isReserved) return { result: true }
        const reservedUntil = Math.max(row.reservedUntil ?? 0, deadline + entry.graceMs + HOLD_MS)
        return { rows: [{ ...row, reservedUntil }], result: true }
      }),
    )
  }

  async leave({ study, player }: ActKey): Promise<void> {
    await this.#store.db
      .deleteFrom('study_waiting')
      .where('study', '=', study)
      .where('player_id', '=', player)
      .execute()
  }

  /** Records that a participant's page is still there. @returns where they wait; undefined: they do not wait */
  async touch({ study, player }: ActKey): Promise<(Waiter & { readonly arm: string }) | undefined> {
    const row = await this.#store.db
      .updateTable('study_waiting')
      .set({ seen_at: Date.now() })
      .where('study', '=', study)
      .where('player_id', '=', player)
      .returningAll()
      .executeTakeFirst()
    return row && { ...toWaiter(row), arm: row.arm }
  }

  /** Removes everybody from a room that the study no longer has. */
  async clear(study: string, arm: string): Promise<void> {
    await this.#store.db.deleteFrom('study_waiting').where('study', '=', study).where('arm', '=', arm).execute()
  }

  /** The number of participants who wait in a room. */
  async present(study: string, arm: string): Promise<number> {
    const { count } = await this.#store.db
      .selectFrom('study_waiting')
      .select((to) => to.fn.countAll<number>().as('count'))
      .where('study', '=', study)
      .where('arm', '=', arm)
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** Rooms that are not empty. */
  async occupied(): Promise<readonly { readonly study: string; readonly arm: string }[]> {
    return this.#store.db.selectFrom('study_waiting').select(['study', 'arm']).distinct().execute()
  }

  /**
   * Forms the next group of a room, if there is one. Its members' assignments are in progress when this resolves.
   * @param plan called with the members, at most once per group
   */
  match(rules: RoomRules, plan: (members: readonly Waiter[]) => PlannedSlots): Promise<Matched | undefined> {
    return this.#store.transaction(async (tx) => {
      await lockRoom(tx, this.#store.kind, rules)
      const now = Date.now()
      const isFresh = ({ seen_at }: Row): boolean => seen_at >= now - rules.graceMs
      const seen = await roomRows(tx, this.#store.kind, rules, undefined)
      const isDue = nextMatch(seen.filter(isFresh).map(toWaiter), rules, now) !== undefined
      if (!isDue && seen.every(isFresh)) return undefined
      const players = seen.map(({ player_id }) => player_id)
      const free = await lockMembers(tx, this.#store.kind, seen, now)
      // Read again under the locks: a participant may have left in the meantime, or changed their choice.
      const there = await roomRows(tx, this.#store.kind, rules, players)
      const [staying, gone] = partition(there, (row) => isFresh(row) && free.has(row.assignment_id))
      await removeWaiting(
        tx,
        rules,
        gone.map(({ player_id }) => player_id),
      )
      const wanted = nextMatch(staying.map(toWaiter), rules, now)
      return wanted && this.#take(tx, rules, wanted, plan)
    })
  }

  async #take(
    tx: Transaction<Tables>,
    rules: RoomRules,
    { kind, members }: Match,
    plan: (members: readonly Waiter[]) => PlannedSlots,
  ): Promise<Matched> {
    const { study } = rules
    const planned = kind === 'group' ? plan(members) : undefined
    if (planned) await insertEpisode(tx, rules, planned)
    for (const { player, assignment } of members.toSorted((a, b) => (a.player < b.player ? -1 : 1))) {
      const playing = planned?.taken[members.findIndex((each) => each.player === player)]
      await actIn(tx, this.#store.kind, { study, player, limit: null }, async (scene) => {
        const row = scene.rows.find(({ id }) => id === assignment)
        if (!row) return { result: undefined }
        const { participant, now } = scene
        if (!planned || !playing) {
          const expired = { ...row, status: 'expired' as const, isReserved: false, updatedAt: now }
          return { participant: { ...participant, releasedAt: now }, rows: [expired], result: undefined }
        }
        const place = {
          study,
          player_id: player,
          assignment_id: assignment,
          consent_version: participant.consentVersion,
        }
        const open = { episode_id: planned.episode, ...playing, ...place, exit_reason: null, score: null }
        await tx.insertInto('study_slots').values(open).execute()
        const taken = { status: 'in_progress' as const, session: planned.episode, startedAt: now, updatedAt: now }
        return { rows: [{ ...row, ...taken, isReserved: false, reservedUntil: null }], result: undefined }
      })
    }
    await removeWaiting(
      tx,
      rules,
      members.map(({ player }) => player),
    )
    return planned ? { kind: 'group', plan: planned } : { kind: 'released' }
  }
}

type Row = Selectable<StudyWaitingTable>

const toWaiter = ({ player_id, assignment_id, entered_at, deadline }: Row): Waiter => ({
  player: player_id,
  assignment: assignment_id,
  enteredAt: entered_at,
  deadline,
})

function partition<T>(all: readonly T[], holds: (each: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((each) => !holds(each))]
}

const waiting = (tx: Transaction<Tables>, { study, player }: ActKey): Promise<Row | undefined> =>
  tx
    .selectFrom('study_waiting')
    .selectAll()
    .where('study', '=', study)
    .where('player_id', '=', player)
    .executeTakeFirst()

async function lockRoom(tx: Transaction<Tables>, kind: Store['kind'], { study, arm }: RoomRules): Promise<void> {
  await tx
    .insertInto('study_rooms')
    .values({ study, arm })
    .onConflict((conflict) => conflict.columns(['study', 'arm']).doNothing())
    .execute()
  const select = tx.selectFrom('study_rooms').select('arm').where('study', '=', study).where('arm', '=', arm)
  await (kind === 'postgres' ? select.forUpdate() : select).execute()
}

/** @param players locks the rows of these participants; undefined: reads all rows without locks */
async function roomRows(
  tx: Transaction<Tables>,
  kind: Store['kind'],
  { study, arm }: RoomRules,
  players: readonly string[] | undefined,
): Promise<Row[]> {
  const all = tx
    .selectFrom('study_waiting')
    .selectAll()
    .where('study', '=', study)
    .where('arm', '=', arm)
    .orderBy('entered_at')
    .orderBy('player_id')
    .limit(LOOKED_AT)
  if (players === undefined) return all.execute()
  const some = all.where('player_id', 'in', players)
  return (kind === 'postgres' ? some.forUpdate() : some).execute()
}

/** Locks participants, ordered by id. @returns the assignments of those who may play */
async function lockMembers(
  tx: Transaction<Tables>,
  kind: Store['kind'],
  rows: readonly Row[],
  now: number,
): Promise<ReadonlySet<string>> {
  const players = rows.map(({ player_id }) => player_id)
  // All are in the same study.
  const studies = rows.slice(0, 1).map(({ study }) => study)
  const select = tx
    .selectFrom('study_participants')
    .select(['player_id', 'withdrawn_at', 'released_at'])
    .where('study', 'in', studies)
    .where('player_id', 'in', players)
    .orderBy('player_id')
  const participants = await (kind === 'postgres' ? select.forUpdate() : select).execute()
  const taking = participants.filter((each) => each.withdrawn_at === null && each.released_at === null)
  const known = new Set(taking.map(({ player_id }) => player_id))
  const assignments = await tx
    .selectFrom('assignments')
    .select(['assignment_id', 'player_id', 'is_reserved', 'reserved_until'])
    .where(
      'assignment_id',
      'in',
      rows.map(({ assignment_id }) => assignment_id),
    )
    .where('status', 'in', ['assigned', 'interrupted'])
    .execute()
  const isHeld = (row: (typeof assignments)[number]): boolean =>
    row.is_reserved === 0 || (row.reserved_until ?? 0) > now
  const free = assignments.filter((row) => known.has(row.player_id) && isHeld(row))
  return new Set(free.map(({ assignment_id }) => assignment_id))
}

async function removeWaiting(
  tx: Transaction<Tables>,
  { study, arm }: RoomRules,
  players: readonly string[],
): Promise<void> {
  if (players.length === 0) return
  await tx
    .deleteFrom('study_waiting')
    .where('study', '=', study)
    .where('arm', '=', arm)
    .where('player_id', 'in', players)
    .execute()
}

async function insertEpisode(tx: Transaction<Tables>, { study, arm }: RoomRules, planned: PlannedSlots): Promise<void> {
  const { episode: episode_id, world, variant, seed, players, endsBy: ends_by } = planned
  const about = { episode_id, study, arm, world, variant, seed, players: writeJsonColumn(players), ends_by }
  const open = { status: 'starting', created_at: Date.now(), ended_at: null, outcome: null, results: null }
  await tx
    .insertInto('study_episodes')
    .values({ ...about, ...open })
    .execute()
}
