// Where a participant stands, from what is kept alone: nothing is assigned, and no other participant is looked at.
import type { FormPayloads } from '../../protocol/experiment-form.ts'
import type { ParticipantState } from '../../protocol/study-routes.ts'
import type { Study } from '../study.ts'
import { pendingGroups } from './newer.ts'
import { hasAnsweredBefore, waitingRow } from './older.ts'
import { type AssignmentRow, isActive, isCompleted } from './rows.ts'

type Stage = ParticipantState['stage']

interface Standing {
  readonly study: Study
  /** In the order in which they were assigned. */
  readonly rows: readonly AssignmentRow[]
  readonly forms: FormPayloads
  readonly consentVersion: string | null
  readonly completedAt: number | null
  readonly withdrawnAt: number | null
  /** Assignments that the participant completes at most. */
  readonly maximum: number
}

/** What the participant would be shown now. A study without room is told apart only when the participant asks. */
export function stageOf(standing: Standing): Stage {
  const { study, consentVersion, completedAt, withdrawnAt } = standing
  if (withdrawnAt !== null) return 'withdrawn'
  if (completedAt !== null) return 'finished'
  const { consent } = study.settings
  if (consent !== null && consentVersion !== consent.version) return 'consent'
  return study.generation === 'run' ? ofRun(standing) : ofExperiment(standing)
}

function ofExperiment({ study, rows, forms, maximum }: Standing): Stage {
  if (waitingRow(study, rows)) return 'forms'
  if (!hasAnsweredBefore(study, forms)) return 'forms'
  return afterForms(study.isChosen, rows, maximum)
}

function ofRun({ study, rows, forms, maximum }: Standing): Stage {
  if (rows.some(isPlaying)) return 'session'
  if (pendingGroups({ situation: { study, rows }, forms }).length > 0) return 'forms'
  return afterForms(study.allowsChoice, rows, maximum)
}

const isPlaying = ({ status, session }: AssignmentRow): boolean => status === 'in_progress' && session !== null

function afterForms(isChosen: boolean, rows: readonly AssignmentRow[], maximum: number): Stage {
  if (rows.some(isPlaying)) return 'session'
  if (rows.some(isActive)) return 'assignment'
  const completed = rows.filter(isCompleted).length
  if (completed < maximum && isChosen) return 'choice'
  // Nothing is left for this participant: what was played counts.
  return completed > 0 ? 'finished' : 'closed'
}
