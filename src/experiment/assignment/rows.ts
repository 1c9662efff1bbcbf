// Assignments as the rules see them: the rows of one player, and the counts over all players.
import type { FormPayloads } from '../../protocol/experiment-form.ts'

export const ASSIGNMENT_STATUSES = ['assigned', 'in_progress', 'completed', 'interrupted'] as const
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]

export interface AssignmentRow {
  readonly id: string
  readonly game: string
  readonly pc: string
  /** Null in the older generation: drawn when the session starts. */
  readonly npc: string | null
  readonly status: AssignmentStatus
  /** Milliseconds since 1970. */
  readonly assignedAt: number
  readonly updatedAt: number
  readonly session: string | null
  readonly forms: FormPayloads
  /** The npc of the batch to which it belongs. */
  readonly batch: string | null
}

/** The counts of one game. */
export interface GameTally {
  /** Distinct players with a row that is in progress or completed. */
  readonly counted: number
  /** Distinct players with a completed row. */
  readonly completed: number
  /** Distinct players with a row in progress. */
  readonly inProgress: number
  /** Distinct players who hold a place and are not counted; 0 without reservations. */
  readonly reserved: number
}

/** The counts of a study. */
export interface Tally {
  readonly games: ReadonlyMap<string, GameTally>
  /** Rows in progress or completed, by `groupKey`. */
  readonly groups: ReadonlyMap<string, number>
}

export const NO_TALLY: GameTally = { counted: 0, completed: 0, inProgress: 0, reserved: 0 }
export const tallyOf = (tally: Tally, game: string): GameTally => tally.games.get(game) ?? NO_TALLY
export const groupKey = (game: string, npc: string | null): string => `${game}\u0000${npc ?? ''}`

export const isActive = ({ status }: Pick<AssignmentRow, 'status'>): boolean => status !== 'completed'
export const isCompleted = ({ status }: Pick<AssignmentRow, 'status'>): boolean => status === 'completed'

/** The rows of one player, in the order in which they were assigned. */
export function inOrder(rows: readonly AssignmentRow[]): AssignmentRow[] {
  return rows.toSorted((a, b) => a.assignedAt - b.assignedAt)
}

/** The new fields of a row that a strategy or a player has chosen. */
export interface NewAssignment {
  readonly game: string
  readonly pc: string
  readonly npc: string | null
  readonly batch: { readonly id: string; readonly npc: string } | null
}
