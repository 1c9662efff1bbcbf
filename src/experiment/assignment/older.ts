// The state of a participant of an experiment (the older generation), and the next step. Pure: the caller writes.
import type { FormPayloads } from '../../protocol/experiment-form.ts'
import type { Situation } from '../strategy/candidates.ts'
import { maximumOf, nextRandomUnique, remainingRandomUnique } from '../strategy/random-unique.ts'
import { formsAt, type Study } from '../study.ts'
import { type AssignmentRow, isActive, isCompleted, type NewAssignment } from './rows.ts'

/** The participant's current active row: a row in progress takes precedence, then the one assigned first. */
export function currentRow(rows: readonly AssignmentRow[]): AssignmentRow | undefined {
  const active = rows.filter(isActive)
  return active.find(({ status }) => status === 'in_progress') ?? active[0]
}

/** Whether every form of phase `before` has been answered. */
export function hasAnsweredBefore(study: Study, forms: FormPayloads): boolean {
  return formsAt(study, 'before').every(({ name }) => Object.hasOwn(forms, name))
}

/** The latest completed row with unanswered forms. */
export function waitingRow(study: Study, rows: readonly AssignmentRow[]): AssignmentRow | undefined {
  const after = formsAt(study, 'after')
  return rows.findLast((row) => isCompleted(row) && after.some(({ name }) => !Object.hasOwn(row.forms, name)))
}

export const isFinished = (situation: Situation): boolean =>
  situation.rows.filter(isCompleted).length >= maximumOf(situation)

export interface OlderState {
  readonly current: AssignmentRow | undefined
  readonly waiting: AssignmentRow | undefined
  readonly isFinished: boolean
  readonly hasAnswered: boolean
  /** The assignment that a setup read creates. */
  readonly creates: NewAssignment | undefined
}

/** @param forms the participant's answers to the forms of phase `before` */
export function olderState(situation: Situation, forms: FormPayloads): OlderState {
  const { study, rows } = situation
  const current = currentRow(rows)
  const waiting = waitingRow(study, rows)
  const isDone = isFinished(situation)
  const hasAnswered = hasAnsweredBefore(study, forms)
  const isFree = !current && !waiting && !isDone && hasAnswered && !study.isChosen
  const creates = isFree ? nextRandomUnique(situation) : undefined
  return { current, waiting, isFinished: isDone, hasAnswered, creates }
}

/**
 * The assignments created once the forms of phase `before` are answered: the first row, and further rows up to the
 * maximum.
 */
export function assignAfterForms(situation: Situation): NewAssignment[] {
  if (situation.study.isChosen) return []
  const next = nextRandomUnique(situation)
  if (!next && !situation.rows.some(isActive)) return []
  const had = next ? [next] : []
  const games = situation.study.games.filter(({ name }) => !had.some(({ game }) => game === name))
  const rest = remainingRandomUnique({ ...situation, study: { ...situation.study, games } })
  const missing = maximumOf(situation) - situation.rows.length - had.length
  return [...had, ...rest.slice(0, Math.max(0, missing))]
}
