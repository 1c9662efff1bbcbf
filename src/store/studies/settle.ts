// Applies the end of a session to its assignment, in the transaction that ends the session: either both are stored, or
// neither.
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { readJsonColumn } from '../columns.ts'
import type { Tables } from '../tables.ts'
import { addChange, applyDeltas, type Deltas, noDeltas } from './counters.ts'
import { completes } from './reasons.ts'
import { fromAssignmentRow, type StoredAssignment, toAssignmentRow } from './rows.ts'

export interface EndedSession {
  readonly id: string
  readonly reason: string
}

const Reasons = z.array(z.string())

/** @param now milliseconds since 1970 */
export async function settleAssignments(
  tx: Transaction<Tables>,
  kind: 'sqlite' | 'postgres',
  ended: readonly EndedSession[],
  now: number,
): Promise<void> {
  const reasons = new Map(ended.map(({ id, reason }) => [id, reason]))
  if (reasons.size === 0) return
  const concerned = await tx
    .selectFrom('assignments')
    .select(['study', 'player_id'])
    .distinct()
    .where('active_session_id', 'in', [...reasons.keys()])
    .orderBy('study')
    .orderBy('player_id')
    .execute()
  // All participants are locked first, in order, and the counters after them, so that transactions cannot deadlock.
  for (const { study, player_id } of concerned) {
    const select = tx
      .selectFrom('study_participants')
      .select('player_id')
      .where('study', '=', study)
      .where('player_id', '=', player_id)
    await (kind === 'postgres' ? select.forUpdate() : select).execute()
  }
  const deltas = new Map<string, Deltas>()
  for (const { study, player_id } of concerned) {
    const found = await tx
      .selectFrom('assignments')
      .selectAll()
      .where('study', '=', study)
      .where('player_id', '=', player_id)
      .execute()
    const extra = await completingReasons(tx, study)
    const before = found.map(fromAssignmentRow)
    const after = before.map((row) => {
      const reason = row.session === null ? undefined : reasons.get(row.session)
      if (reason === undefined || row.status !== 'in_progress') return row
      return settled(row, completes(reason, extra), Math.max(now, row.updatedAt + 1))
    })
    for (const [index, row] of after.entries()) {
      if (row === before[index]) continue
      const { assignment_id, ...columns } = toAssignmentRow(row)
      await tx.updateTable('assignments').set(columns).where('assignment_id', '=', assignment_id).execute()
    }
    const change = deltas.get(study) ?? noDeltas()
    deltas.set(study, change)
    addChange(change, before, after)
  }
  for (const [study, change] of [...deltas].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await applyDeltas(tx, study, change, null)
  }
}

/** The row after its session has ended. */
export function settled(row: StoredAssignment, isComplete: boolean, now: number): StoredAssignment {
  if (isComplete)
    return {
      ...row,
      status: 'completed',
      session: null,
      completedAt: now,
      updatedAt: now,
      isReserved: false,
      reservedUntil: null,
    }
  const hold = row.reserveMs === null ? {} : { isReserved: true, reservedUntil: now + row.reserveMs }
  return { ...row, status: 'interrupted', session: null, interruptedAt: now, updatedAt: now, ...hold }
}

export async function completingReasons(tx: Transaction<Tables>, study: string): Promise<readonly string[]> {
  const row = await tx.selectFrom('studies').select('completing').where('name', '=', study).executeTakeFirst()
  return row ? readJsonColumn(Reasons, row.completing, 'completing') : []
}
