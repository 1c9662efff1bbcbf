// The actions of participants of experiments (the older generation): every method is one request of the wire.
import type { ExperimentAssignment, ExperimentSetup } from '../../protocol/study-wire.ts'
import type { Change, Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import { assignAfterForms, currentRow, hasAnsweredBefore, olderState, waitingRow } from '../assignment/older.ts'
import { type Progress, progressOf, type StudyStatus, statusOf } from '../assignment/progress.ts'
import type { NewAssignment } from '../assignment/rows.ts'
import { formJson } from '../forms/form.ts'
import type { Situation } from '../strategy/candidates.ts'
import { optionsRandomUnique } from '../strategy/random-unique.ts'
import { formsAt, type Study } from '../study.ts'
import { refuse, SAY } from '../words/sentences.ts'
import { takeAnswers } from './answers.ts'
import {
  admissionOf,
  isStaying,
  limitOf,
  type OpenStudy,
  requireTakingPart,
  type StudyEnvironment,
  situationOf,
} from './environment.ts'
import { newRow } from './new-row.ts'
import { planFor, type StartedSession, started, startSession } from './sessions.ts'

type Summarised = Pick<StoredAssignment, 'id' | 'game' | 'pc'> & { readonly status: StoredAssignment['status'] }

function summaryOf({ id, game, pc, status }: Summarised): ExperimentAssignment {
  // Expired rows are never shown.
  const shown = status === 'expired' ? 'assigned' : status
  return { assignment_id: id, game_name: game, character_hid: pc, status: shown }
}

export class Experiments {
  readonly #at: StudyEnvironment

  constructor(at: StudyEnvironment) {
    this.#at = at
  }

  async #act<T>(
    open: OpenStudy,
    player: string,
    decide: (situation: Situation, scene: Scene) => Change<T>,
  ): Promise<T> {
    const characters = await this.#at.roster()
    const about = { characters, admission: admissionOf(this.#at.games, open.study, characters) }
    const key = { study: open.study.name, player }
    return this.#at.studies.act(key, { limit: limitOf(open.study) }, (scene) =>
      decide(situationOf(open.study, scene, about), scene),
    )
  }

  /** The state of a participant. If the study assigns by itself, this assigns the next game. */
  setup(open: OpenStudy, player: string): Promise<ExperimentSetup> {
    return this.#act(open, player, (situation, scene) => {
      const { study } = open
      const state = olderState(situation, scene.participant.forms)
      const isTaking = !open.isClosed && isStaying(scene.participant) && hasConsent(open, scene)
      const created = state.creates && isTaking ? newRow(study, scene, state.creates) : undefined
      const progress = progressOf(study, situation.tally)
      const current = state.current ?? created
      const result: ExperimentSetup = {
        experiment_name: study.name,
        description: study.description,
        is_open: !progress.is_complete && !open.isClosed,
        forms: study.forms.map(formJson).filter((form) => 'before_or_after' in form),
        progress,
        current_assignment: current ? summaryOf(current) : null,
        pending_post_play: state.waiting !== undefined,
        assignment_completed: state.isFinished,
        assignment_mode: study.isChosen ? 'player_choice' : 'auto',
        assignments: situation.rows.map(summaryOf),
      }
      return { rows: created ? [created] : [], result }
    })
  }

  /** Accepts the forms of phase `before`, and assigns the participant's games. @throws AppError STUDY_REFUSED */
  submitBefore(open: OpenStudy, player: string, responses: unknown): Promise<ExperimentAssignment | null> {
    return this.#act(open, player, (situation, scene) => {
      const { study } = open
      requireTakingPart(open, scene)
      const mine = currentRow(situation.rows)
      // A participant with an assignment keeps it, even if others have completed the study in the meantime.
      const isOver = open.isClosed || progressOf(study, situation.tally).is_complete
      if (isOver && situation.rows.length === 0) throw refuse(SAY.closed)
      const forms = { ...scene.participant.forms, ...takeAnswers(formsAt(study, 'before'), responses, scene.now) }
      const chosen: NewAssignment[] = isOver ? [] : assignAfterForms(situation)
      const rows = chosen.map((each, index) => newRow(study, scene, each, index))
      const first = mine ?? rows[0]
      return { participant: { ...scene.participant, forms }, rows, result: first ? summaryOf(first) : null }
    })
  }

  /** The current assignment, if it may be started now. @throws AppError STUDY_REFUSED, STUDY_FORBIDDEN */
  startable(open: OpenStudy, player: string): Promise<StoredAssignment> {
    return this.#act(open, player, (situation, scene) => {
      checkStart(open, scene)
      const current = currentRow(situation.rows)
      const found = scene.rows.find(({ id }) => id === current?.id)
      if (!found) throw refuse(SAY.noActive)
      if (found.status === 'in_progress') throw refuse(SAY.inProgress)
      return { result: found }
    })
  }

  /** Starts the session of the current assignment. @throws AppError STUDY_REFUSED, STUDY_FORBIDDEN */
  async start(open: OpenStudy, player: string, source: string): Promise<StartedSession> {
    const row = await this.startable(open, player)
    const plan = planFor(this.#at, open.study, row, { source, characters: await this.#at.roster() })
    return started(await startSession(this.#at, open, { seen: row, plan, check: (scene) => checkStart(open, scene) }))
  }

  /**
   * Accepts the forms of phase `after` for the completed assignment that is waiting for them. @throws AppError
   * STUDY_REFUSED
   */
  submitAfter(open: OpenStudy, player: string, responses: unknown): Promise<ExperimentAssignment> {
    return this.#act(open, player, (situation, scene) => {
      const waiting = waitingRow(open.study, situation.rows)
      const row = scene.rows.find(({ id }) => id === waiting?.id)
      if (!row) throw refuse(SAY.noneWaiting)
      const forms = { ...row.forms, ...takeAnswers(formsAt(open.study, 'after'), responses, scene.now) }
      return { rows: [{ ...row, forms, updatedAt: scene.now }], result: summaryOf(row) }
    })
  }

  async progress({ study }: OpenStudy): Promise<Progress> {
    return progressOf(study, await this.#at.studies.tally(study.name))
  }

  async status({ study, isClosed }: OpenStudy): Promise<StudyStatus> {
    const status = statusOf(study, await this.#at.studies.tally(study.name))
    return { ...status, is_open: status.is_open && !isClosed }
  }

  /** The participant's choices; empty if the study assigns. */
  options(open: OpenStudy, player: string): Promise<{ game_name: string; character_hid: string }[]> {
    return this.#act(open, player, (situation) => ({
      result: optionsRandomUnique(situation).map(({ game, pc }) => ({ game_name: game, character_hid: pc })),
    }))
  }

  /** @throws AppError STUDY_REFUSED for a game that is not offered */
  select(open: OpenStudy, player: string, wanted: { game: string; pc: string }): Promise<ExperimentAssignment> {
    return this.#act(open, player, (situation, scene) => {
      const { study } = open
      requireTakingPart(open, scene)
      if (!study.isChosen) throw refuse(SAY.noChoice)
      if (open.isClosed) throw refuse(SAY.closed)
      requireAnswers(study, scene)
      const chosen = optionsRandomUnique(situation).find(({ game, pc }) => game === wanted.game && pc === wanted.pc)
      if (!chosen) throw refuse(SAY.notOffered)
      const row = newRow(study, scene, chosen)
      return { rows: [row], result: summaryOf(row) }
    })
  }
}

const hasConsent = ({ study }: OpenStudy, { participant }: Scene): boolean =>
  study.settings.consent === null || participant.consentVersion === study.settings.consent.version

function requireAnswers(study: Study, { participant }: Scene): void {
  if (!hasAnsweredBefore(study, participant.forms)) throw refuse(SAY.formsFirst)
}

export function checkStart(open: OpenStudy, scene: Scene): void {
  requireTakingPart(open, scene)
  requireAnswers(open.study, scene)
}
