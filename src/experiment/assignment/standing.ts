// A participant's current stage, from stored data only: nothing is assigned, and no other participant is read.
import type { FormPayloads } from '../../protocol/experiment-form.ts'
import type { ParticipantState } from '../../protocol/study-routes.ts'
import { armOf, type Study } from '../study.ts'
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
  /** Maximum number of assignments that the participant completes. */
  readonly maximum: number
  /** Whether every game of the study has all the players it needs. */
  readonly isFull: boolean
  /** Whether the participant is in a waiting room. */
  readonly isWaiting: boolean
}

/** The stage that the participant would see now. */
export function stageOf(standing: Standing): Stage {
  const stage = stageOfRows(standing)
  if (stage === 'assignment' && standing.isWaiting) return 'waiting'
  const playing = standing.rows.find(isPlaying)
  return stage === 'session' && playing && armOf(standing.study, playing.game) ? 'episode' : stage
}

function stageOfRows(standing: Standing): Stage {
  const { study, consentVersion, completedAt, withdrawnAt } = standing
  if (withdrawnAt !== null) return 'withdrawn'
  if (completedAt !== null) return 'finished'
  const { consent } = study.settings
  if (consent !== null && consentVersion !== consent.version) return 'consent'
  return study.generation === 'run' ? ofRun(standing) : ofExperiment(standing)
}

function ofExperiment(standing: Standing): Stage {
  const { study, rows, forms } = standing
  if (waitingRow(study, rows)) return 'forms'
  if (!hasAnsweredBefore(study, forms)) return 'forms'
  return afterForms(study.isChosen, standing)
}

function ofRun(standing: Standing): Stage {
  const { study, rows, forms } = standing
  if (rows.some(isPlaying)) return 'session'
  if (pendingGroups({ situation: { study, rows }, forms }).length > 0) return 'forms'
  return afterForms(study.allowsChoice, standing)
}

const isPlaying = ({ status, session }: AssignmentRow): boolean => status === 'in_progress' && session !== null

function afterForms(isChosen: boolean, { rows, maximum, isFull }: Standing): Stage {
  if (rows.some(isPlaying)) return 'session'
  if (rows.some(isActive)) return 'assignment'
  const completed = rows.filter(isCompleted).length
  // The next read of the participant's page assigns the missing rows.
  if (completed < maximum && !isFull) return isChosen ? 'choice' : 'assignment'
  // Nothing is left for this participant, so completed assignments decide.
  return completed > 0 ? 'finished' : 'closed'
}
