// Counters of a study: how one participant's rows change them. The rows of other participants are never read.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { StoredAssignment } from './rows.ts'

/** The contribution of one participant to the counters of one game; each number is 0 or 1. */
interface Share {
  counted: number
  completed: number
  inProgress: number
  reserved: number
}

/** Changes of counters, by game, and by game and npc. */
export interface Deltas {
  readonly games: Map<string, Share>
  readonly groups: Map<string, { readonly game: string; readonly npc: string; change: number }>
}

export const noDeltas = (): Deltas => ({ games: new Map(), groups: new Map() })

const isCounted = ({ status }: StoredAssignment): boolean => status === 'in_progress' || status === 'completed'

function sharesOf(rows: readonly StoredAssignment[]): Map<string, Share> {
  const shares = new Map<string, Share>()
  for (const row of rows) {
    const share = shares.get(row.game) ?? { counted: 0, completed: 0, inProgress: 0, reserved: 0 }
    shares.set(row.game, share)
    if (isCounted(row)) share.counted = 1
    if (row.status === 'completed') share.completed = 1
    if (row.status === 'in_progress') share.inProgress = 1
    if (row.isReserved) share.reserved = 1
  }
  // A place that is counted is not also reserved.
  for (const share of shares.values()) if (share.counted === 1) share.reserved = 0
  return shares
}

/** Adds to `deltas` the changes that result when one participant's rows become `after`. */
export function addChange(
  deltas: Deltas,
  before: readonly StoredAssignment[],
  after: readonly StoredAssignment[],
): void {
  const old = sharesOf(before)
  const fresh = sharesOf(after)
  for (const game of new Set([...old.keys(), ...fresh.keys()])) {
    const sum = deltas.games.get(game) ?? { counted: 0, completed: 0, inProgress: 0, reserved: 0 }
    deltas.games.set(game, sum)
    for (const [shares, sign] of [[old, -1] as const, [fresh, 1] as const]) {
      const share = shares.get(game)
      sum.counted += sign * (share?.counted ?? 0)
      sum.completed += sign * (share?.completed ?? 0)
      sum.inProgress += sign * (share?.inProgress ?? 0)
      sum.reserved += sign * (share?.reserved ?? 0)
    }
  }
  for (const [rows, sign] of [[before, -1] as const, [after, 1] as const]) {
    for (const row of rows.filter(isCounted)) {
      const key = `${row.game}\u0000${row.npc ?? ''}`
      const group = deltas.groups.get(key) ?? { game: row.game, npc: row.npc ?? '', change: 0 }
      deltas.groups.set(key, group)
      group.change += sign
    }
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Writes changes, always in the same order, so that two transactions cannot deadlock.
 * @param limit places per game; null: no limit applies
 * @returns the game whose places would be exceeded: the transaction must then be rolled back
 */
export async function applyDeltas(
  tx: Transaction<Tables>,
  study: string,
  deltas: Deltas,
  limit: number | null,
): Promise<string | undefined> {
  for (const [game_name, share] of [...deltas.games].toSorted(byKey)) {
    const { counted, completed, inProgress: in_progress, reserved } = share
    if (counted === 0 && completed === 0 && in_progress === 0 && reserved === 0) continue
    const none = { study, game_name, counted: 0, completed: 0, in_progress: 0, reserved: 0 }
    await tx
      .insertInto('study_counters')
      .values(none)
      .onConflict((conflict) => conflict.columns(['study', 'game_name']).doNothing())
      .execute()
    let update = tx
      .updateTable('study_counters')
      .set((to) => ({
        counted: to('counted', '+', counted),
        completed: to('completed', '+', completed),
        in_progress: to('in_progress', '+', in_progress),
        reserved: to('reserved', '+', reserved),
      }))
      .where('study', '=', study)
      .where('game_name', '=', game_name)
    const taken = counted + reserved
    if (limit !== null && taken > 0)
      update = update.where(sql<boolean>`counted + reserved + ${sql.lit(taken)} <= ${sql.lit(limit)}`)
    const { numUpdatedRows } = await update.executeTakeFirst()
    if (numUpdatedRows === 0n) return game_name
  }
  for (const [, { game: game_name, npc: npc_hid, change }] of [...deltas.groups].toSorted(byKey)) {
    if (change === 0) continue
    await tx
      .insertInto('study_groups')
      .values({ study, game_name, npc_hid, played: change })
      .onConflict((conflict) =>
        conflict
          .columns(['study', 'game_name', 'npc_hid'])
          .doUpdateSet({ played: sql`study_groups.played + ${sql.lit(change)}` }),
      )
      .execute()
  }
  return undefined
}

/** The counters of a study: one row per game, and one per pair of game and npc that was played. */
export interface StoredTally {
  readonly games: ReadonlyMap<
    string,
    { readonly counted: number; readonly completed: number; readonly inProgress: number; readonly reserved: number }
  >
  /** Keyed by game, NUL, npc. */
  readonly groups: ReadonlyMap<string, number>
}

export async function readTally(db: Kysely<Tables>, study: string): Promise<StoredTally> {
  const games = await db.selectFrom('study_counters').selectAll().where('study', '=', study).execute()
  const groups = await db.selectFrom('study_groups').selectAll().where('study', '=', study).execute()
  return {
    games: new Map(
      games.map((row) => [
        row.game_name,
        { counted: row.counted, completed: row.completed, inProgress: row.in_progress, reserved: row.reserved },
      ]),
    ),
    groups: new Map(groups.map((row) => [`${row.game_name}\u0000${row.npc_hid}`, row.played])),
  }
}
