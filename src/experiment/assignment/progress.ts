// The progress of a study, computed from its counters, never from its rows.
import type { Study } from '../study.ts'
import { type Tally, tallyOf } from './rows.ts'

export interface Progress {
  readonly total: number
  readonly completed: number
  readonly is_complete: boolean
}

export interface StudyStatus {
  readonly is_open: boolean
  readonly total: number
  readonly completed: number
  readonly per_game: Readonly<
    Record<string, { readonly total: number; readonly completed: number; readonly in_progress: number }>
  >
}

/** Whether a game needs no more players. If the study reserves places, reserved places count as taken. */
export function isFull(study: Study, tally: Tally, game: string): boolean {
  if (study.quota === null) return false
  const { counted, reserved } = tallyOf(tally, game)
  return counted + (study.settings.reservation === null ? 0 : reserved) >= study.quota
}

/** Whether every game has all its players: a complete study admits nobody new. */
function isComplete(study: Study, tally: Tally): boolean {
  const { quota } = study
  return quota !== null && study.games.every(({ name }) => tallyOf(tally, name).counted >= quota)
}

export function progressOf(study: Study, tally: Tally): Progress {
  let completed = 0
  for (const game of tally.games.values()) completed += game.completed
  const total = study.quota === null ? completed : study.quota * study.games.length
  return { total, completed, is_complete: isComplete(study, tally) }
}

export function statusOf(study: Study, tally: Tally): StudyStatus {
  const quota = study.quota ?? 0
  const rows = study.games.map(({ name }) => [name, tallyOf(tally, name)] as const)
  const completed = rows.reduce((sum, [, game]) => sum + game.completed, 0)
  return {
    is_open: !isComplete(study, tally),
    total: study.quota === null ? completed : study.quota * study.games.length,
    completed,
    per_game: Object.fromEntries(
      rows.map(([name, game]) => [name, { total: quota, completed: game.completed, in_progress: game.inProgress }]),
    ),
  }
}
