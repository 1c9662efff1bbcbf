// The state of a participant of a run (the newer generation), and the next step. Pure: the caller writes.
import type { FORM_EVENTS, FormPayloads } from '../../protocol/experiment-form.ts'
import type { Form } from '../forms/form.ts'
import type { Candidate, Situation } from '../strategy/candidates.ts'
import { isRunStrategy } from '../strategy/names.ts'
import { candidatesOf, runMaximumOf } from '../strategy/run-strategies.ts'
import { formsAt } from '../study.ts'
import { isFull } from './progress.ts'
import { type AssignmentRow, isActive, isCompleted } from './rows.ts'

type Event = (typeof FORM_EVENTS)[number]

/** Forms that are answered together. */
export interface FormGroup {
  readonly id: string
  readonly event: Event
  readonly forms: readonly Form[]
  /** Null: the forms are about the participant. */
  readonly row: AssignmentRow | null
}

interface Participant<S = Situation> {
  readonly situation: S
  /** Answers about the participant. */
  readonly forms: FormPayloads
}

const lacks = (forms: readonly Form[], given: FormPayloads): boolean =>
  forms.some(({ name }) => !Object.hasOwn(given, name))

/** The part of a situation that needs no counters. */
type Own = Pick<Situation, 'study' | 'rows'>

export const isRunFinished = (situation: Own): boolean =>
  situation.rows.filter(isCompleted).length >= runMaximumOf(situation)

/** The groups that are waiting for answers, in the order in which they are shown. */
export function pendingGroups({ situation, forms }: Participant<Own>): FormGroup[] {
  const { study, rows } = situation
  const ofPlayer = (event: Event): FormGroup[] => {
    const asked = formsAt(study, event)
    return lacks(asked, forms) ? [{ id: event, event, forms: asked, row: null }] : []
  }
  const ofRows = (event: Event, applies: (row: AssignmentRow) => boolean): FormGroup[] => {
    const asked = formsAt(study, event)
    return rows
      .filter((row) => applies(row) && lacks(asked, row.forms))
      .map((row) => ({ id: `${event}:${row.id}`, event, forms: asked, row }))
  }
  return [
    ...ofPlayer('before_all_assignments'),
    ...ofRows('before_assignment', ({ status }) => status === 'assigned' || status === 'interrupted'),
    ...ofRows('after_assignment', isCompleted),
    ...(isRunFinished(situation) ? ofPlayer('after_all_assignments') : []),
  ]
}

const newest = (rows: readonly AssignmentRow[]): AssignmentRow | undefined =>
  rows.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]

/** The participant's current row. */
function currentRow({ study, rows }: Situation): AssignmentRow | undefined {
  if (!study.requiresCompletion) return newest(rows.filter(({ status }) => status === 'assigned'))
  return newest(rows.filter(({ status }) => status === 'in_progress')) ?? newest(rows.filter(isActive))
}

export interface RunState {
  readonly current: AssignmentRow | undefined
  /** The participant's choices. */
  readonly options: readonly Candidate[]
  readonly isFinished: boolean
  readonly pending: readonly FormGroup[]
  /** The assignment that a setup read creates. */
  readonly creates: Candidate | undefined
}

/** The candidates of the study's strategy. */
export function runCandidates(situation: Situation): Candidate[] {
  const { strategy } = situation.study
  return isRunStrategy(strategy) ? candidatesOf(strategy, situation) : []
}

export function runState(participant: Participant): RunState {
  const { situation } = participant
  const pending = pendingGroups(participant)
  const isFinished = isRunFinished(situation)
  const isWaiting = pending.some(({ event }) => event !== 'before_assignment')
  const state = { options: [], isFinished, pending, creates: undefined }
  if (isWaiting || isFinished) return { ...state, current: newest(situation.rows.filter(isActive)) }
  const current = currentRow(situation)
  if (current) return { ...state, current }
  const candidates = runCandidates(situation)
  if (situation.study.allowsChoice && candidates.length > 1) return { ...state, current, options: candidates }
  return { ...state, current, creates: candidates[0] }
}

export interface NextAssignment {
  readonly mode: 'blocked' | 'locked' | 'choice' | 'none'
  readonly reason: string
}

/** The participant's view of the next assignment, after all necessary rows have been created. */
export function nextAssignment({ situation }: Participant, state: RunState): NextAssignment {
  const { study, tally } = situation
  const { pending, current, options, isFinished } = state
  if (pending.some(({ event }) => event === 'after_assignment')) {
    return { mode: 'blocked', reason: 'pending_assignment_forms' }
  }
  if (current) return { mode: 'locked', reason: current.status === 'assigned' ? 'locked' : current.status }
  if (options.length > 0) return { mode: 'choice', reason: 'choice_allowed' }
  if (isFinished) return { mode: 'none', reason: 'complete' }
  if (study.quota !== null && study.games.every(({ name }) => isFull(study, tally, name))) {
    return { mode: 'none', reason: 'quota_closed' }
  }
  const isAsked = pending.some(({ event }) => event === 'before_all_assignments')
  return isAsked ? { mode: 'blocked', reason: 'pending_forms' } : { mode: 'none', reason: 'unavailable' }
}
