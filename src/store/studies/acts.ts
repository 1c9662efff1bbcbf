// One act of one participant: all its reads and writes happen in one transaction, which excludes other acts for the
// same participant. The caller decides, from the participant's own rows and the counters of the study.
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { addChange, applyDeltas, noDeltas, readTally, type StoredTally } from './counters.ts'
import {
  fromAssignmentRow,
  fromParticipantRow,
  type Participant,
  type StoredAssignment,
  toAssignmentRow,
  toParticipantRow,
} from './rows.ts'

export interface ActKey {
  readonly study: string
  readonly player: string
}

/** The input of an act. */
export interface Scene {
  readonly participant: Participant
  /** In the order in which they were assigned; expired ones are left out. */
  readonly rows: readonly StoredAssignment[]
  readonly tally: StoredTally
  /** The number of the participant's next row. */
  readonly nextOrdinal: number
  /** Milliseconds since 1970, later than any time in the rows. */
  readonly now: number
}

/** The changes of an act. Rows are replaced by id; new ones are added. */
export interface Change<T> {
  readonly participant?: Participant
  readonly rows?: readonly StoredAssignment[]
  readonly result: T
}

export interface ActOptions {
  /** Places per game, if the study reserves places; null: no limit is enforced. */
  readonly limit: number | null
}

/** A place was taken between the read and the write. */
class PlaceTaken extends AppError {
  constructor(what: string) {
    super('STUDY_REFUSED', `The study needs no more players of ${what}.`)
  }
}

const ATTEMPTS = 8

/**
 * Runs an act, and repeats it if a place was taken in the meantime.
 * @param decide called once per attempt; any error it throws rolls the act back
 */
export async function act<T>(
  store: Store,
  key: ActKey,
  options: ActOptions,
  decide: (scene: Scene) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.transaction((tx) => actIn(tx, store.kind, { ...key, ...options }, decide))
    } catch (error) {
      if (!(error instanceof PlaceTaken)) throw error
      if (attempt === ATTEMPTS)
        throw new AppError('STORE_BUSY', 'too many participants joined at once; try again', { cause: error })
    }
  }
}

/** The same within the caller's transaction. */
export async function actIn<T>(
  tx: Transaction<Tables>,
  kind: Store['kind'],
  { limit, ...key }: ActKey & ActOptions,
  decide: (scene: Scene) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  const clock = Date.now()
  const participant = await lockParticipant(tx, kind, key, clock)
  const stored = await rowsOf(tx, key)
  const latest = stored.reduce((newest, { updatedAt }) => Math.max(newest, updatedAt), 0)
  const now = Math.max(clock, latest + 1)
  const kept = stored.map((row) => (isOverdue(row, now) ? expired(row, now) : row))
  const scene: Scene = {
    participant,
    rows: kept.filter(({ status }) => status !== 'expired'),
    tally: await readTally(tx, key.study),
    nextOrdinal: stored.reduce((last, { ordinal }) => Math.max(last, ordinal), 0) + 1,
    now,
  }
  const change = await decide(scene)
  const after = merge(kept, change.rows ?? [])
  await writeRows(tx, stored, after)
  if (change.participant) {
    const { study, player_id, ...columns } = toParticipantRow({ ...change.participant, updatedAt: now })
    await tx
      .updateTable('study_participants')
      .set(columns)
      .where('study', '=', study)
      .where('player_id', '=', player_id)
      .execute()
  }
  const deltas = noDeltas()
  addChange(deltas, stored, after)
  const full = await applyDeltas(tx, key.study, deltas, limit)
  if (full !== undefined) throw new PlaceTaken(full)
  return change.result
}

const isOverdue = ({ isReserved, reservedUntil }: StoredAssignment, now: number): boolean =>
  isReserved && reservedUntil !== null && reservedUntil <= now

const expired = (row: StoredAssignment, now: number): StoredAssignment => ({
  ...row,
  status: 'expired',
  isReserved: false,
  updatedAt: now,
})

/** The participant, locked until the transaction ends. A new participant is added. */
async function lockParticipant(
  tx: Transaction<Tables>,
  kind: Store['kind'],
  { study, player }: ActKey,
  now: number,
): Promise<Participant> {
  const select = tx
    .selectFrom('study_participants')
    .selectAll()
    .where('study', '=', study)
    .where('player_id', '=', player)
  const locked = kind === 'postgres' ? select.forUpdate() : select
  const known = await locked.executeTakeFirst()
  if (known) return fromParticipantRow(known)
  const empty = {
    link: null,
    consentVersion: null,
    consentAt: null,
    signature: null,
    completionCode: null,
    completedAt: null,
    withdrawnAt: null,
    releasedAt: null,
  }
  const fresh: Participant = { study, player, forms: {}, external: {}, createdAt: now, updatedAt: now, ...empty }
  await tx
    .insertInto('study_participants')
    .values(toParticipantRow(fresh))
    .onConflict((conflict) => conflict.columns(['study', 'player_id']).doNothing())
    .execute()
  const row = await locked.executeTakeFirstOrThrow()
  return fromParticipantRow(row)
}

async function rowsOf(tx: Transaction<Tables>, { study, player }: ActKey): Promise<StoredAssignment[]> {
  const rows = await tx
    .selectFrom('assignments')
    .selectAll()
    .where('study', '=', study)
    .where('player_id', '=', player)
    .orderBy('ordinal')
    .execute()
  return rows.map(fromAssignmentRow)
}

function merge(before: readonly StoredAssignment[], changed: readonly StoredAssignment[]): StoredAssignment[] {
  const byId = new Map(before.map((row) => [row.id, row]))
  for (const row of changed) byId.set(row.id, row)
  return [...byId.values()]
}

async function writeRows(
  tx: Transaction<Tables>,
  before: readonly StoredAssignment[],
  after: readonly StoredAssignment[],
): Promise<void> {
  const known = new Map(before.map((row) => [row.id, row]))
  for (const row of after) {
    const old = known.get(row.id)
    if (old === row) continue
    const { assignment_id, ...columns } = toAssignmentRow(row)
    if (!old) {
      await tx
        .insertInto('assignments')
        .values({ assignment_id, ...columns })
        .execute()
      continue
    }
    // Compare and set: a different status means that another transaction changed the row.
    const { numUpdatedRows } = await tx
      .updateTable('assignments')
      .set(columns)
      .where('assignment_id', '=', assignment_id)
      .where('status', '=', old.status)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new PlaceTaken(assignment_id)
  }
}

/** Participants with reservations that have expired. */
export async function overdueParticipants(store: Store, now: number, limit: number): Promise<ActKey[]> {
  const rows = await store.db
    .selectFrom('assignments')
    .select(['study', 'player_id'])
    .distinct()
    .where('is_reserved', '=', 1)
    .where('reserved_until', '<=', now)
    .limit(limit)
    .execute()
  return rows.map((row) => ({ study: row.study, player: row.player_id }))
}
