// The state of a participant, in one shape for both generations, for the participant pages.
import type { ExperimentForm, RunForm } from '../../protocol/experiment-form.ts'
import type { ParticipantState, StudyInfo } from '../../protocol/study-routes.ts'
import { participantSlots } from '../../protocol/study-worlds.ts'
import { maximumOf } from '../strategy/random-unique.ts'
import { runMaximumOf } from '../strategy/run-strategies.ts'
import { armOf, formsAt } from '../study.ts'
import type { Enrolment } from './enrolment.ts'
import type { OpenStudy, StudyEnvironment } from './environment.ts'
import type { Experiments } from './experiments.ts'
import type { Runs } from './runs.ts'
import type { WorldPlays } from './world-plays.ts'

interface StateParts {
  readonly at: StudyEnvironment
  readonly experiments: Experiments
  readonly runs: Runs
  readonly enrolment: Enrolment
  readonly plays: WorldPlays
}

/** The public facts about a study. */
export function infoOf({ study, isClosed }: OpenStudy, isOpen = !isClosed): StudyInfo {
  const { title, language, open_link, consent } = study.settings
  return {
    name: study.name,
    generation: study.generation,
    title: title ?? study.name,
    description: study.description,
    language,
    is_open: isOpen,
    has_open_link: open_link,
    consent,
  }
}

type Shown = ParticipantState['options'][number]

/** The part of a state that differs between stages. */
type Step = Pick<ParticipantState, 'stage'> &
  Partial<Pick<ParticipantState, 'forms' | 'group_id' | 'assignment' | 'session' | 'options' | 'playing' | 'waiting'>>

const connectTo = (session: string): ParticipantState['session'] => ({
  session_id: session,
  ws_path: `/api/play/game/${session}/ws`,
})

/** Reads of one state, at most. */
const MAX_READS = 3

export class ParticipantStates {
  readonly #parts: StateParts

  constructor(parts: StateParts) {
    this.#parts = parts
  }

  async of(open: OpenStudy, player: string): Promise<ParticipantState> {
    for (let read = 1; ; read++) {
      const state = await this.#read(open, player)
      // Its rows are read one after another: an episode may have ended in between, and the assignment with it.
      const isTorn = state.arm !== null && state.stage === 'assignment' && state.assignment?.status === 'in_progress'
      if (!isTorn || read === MAX_READS) return state
    }
  }

  async #read(open: OpenStudy, player: string): Promise<ParticipantState> {
    const { study } = open
    const participant = await this.#parts.at.studies.participant(study.name, player)
    const maximum = study.generation === 'run' ? runMaximumOf({ study }) : maximumOf({ study })
    const base = {
      ...{ forms: [], group_id: null, assignment: null, session: null, options: [], completion: null, maximum },
      ...{ arm: null, waiting: null, playing: null, is_released: false },
    }
    const info = infoOf(open)
    if (participant && participant.withdrawnAt !== null)
      return { ...base, study: info, stage: 'withdrawn', completed: 0 }
    if (participant && participant.releasedAt !== null) return this.#released(open, player, { ...base, study: info })
    const { consent } = study.settings
    if (consent !== null && participant?.consentVersion !== consent.version) {
      return { ...base, study: info, stage: 'consent', completed: 0 }
    }
    const { step, completed, isOpen } =
      study.generation === 'run' ? await this.#ofRun(open, player) : await this.#ofExperiment(open, player)
    const completion = step.stage === 'finished' ? await this.#parts.enrolment.completion(open, player) : null
    const arm = this.#armOf(open, step.assignment?.game_name)
    const shown = arm ? await this.#inWorld(open, player, step) : step
    return { ...base, study: infoOf(open, isOpen), completed, arm, ...shown, completion }
  }

  async #released(
    open: OpenStudy,
    player: string,
    base: Omit<ParticipantState, 'stage' | 'completed'>,
  ): Promise<ParticipantState> {
    const { at, enrolment } = this.#parts
    const rows = await at.studies.assignments(open.study.name, [player])
    const last = rows.findLast(({ status, game }) => status === 'expired' && armOf(open.study, game))
    const code = last && armOf(open.study, last.game)?.wait.code
    const completion = await enrolment.completion(open, player, code ?? undefined)
    const completed = rows.filter(({ status }) => status === 'completed').length
    return { ...base, stage: 'finished', completed, completion, is_released: true }
  }

  #armOf({ study }: OpenStudy, game: string | undefined): ParticipantState['arm'] {
    const arm = game === undefined ? undefined : armOf(study, game)
    if (!arm) return null
    const world = this.#parts.at.worlds.find(({ id }) => id === arm.world)
    const variant = world?.variants.find(({ id }) => id === arm.variant) ?? world?.variants[0]
    const description = arm.description ?? [world?.summary, variant?.description].filter(Boolean).join('\n\n')
    return { world: arm.world, title: world?.title ?? arm.world, description, people: participantSlots(arm).length }
  }

  /** An assignment of an arm is an episode once it has a slot, and a waiting room before that. */
  async #inWorld(open: OpenStudy, player: string, step: Step): Promise<Step> {
    const id = step.assignment?.assignment_id
    if ((step.stage !== 'assignment' && step.stage !== 'session') || id == null) return step
    const standing = await this.#parts.plays.standing(open, { id, player })
    if (standing?.playing) return { ...step, session: null, stage: 'episode', playing: standing.playing }
    if (standing) return { ...step, session: null, stage: 'waiting', waiting: standing.waiting }
    return { ...step, session: null, stage: 'assignment' }
  }

  async #ofExperiment(open: OpenStudy, player: string) {
    const { study } = open
    const { at, experiments } = this.#parts
    const setup = await experiments.setup(open, player)
    const participant = await at.studies.participant(study.name, player)
    const rows = await at.studies.assignments(study.name, [player])
    const completed = rows.filter(({ status }) => status === 'completed').length
    const hasAnswered = formsAt(study, 'before').every(({ name }) => Object.hasOwn(participant?.forms ?? {}, name))
    const found = (step: Step) => ({ step, completed, isOpen: setup.is_open })
    if (setup.pending_post_play) return found({ stage: 'forms', group_id: 'after', forms: phase(setup.forms, 'after') })
    const current = setup.current_assignment
    if (!hasAnswered && (setup.is_open || current)) {
      return found({ stage: 'forms', group_id: 'before', forms: phase(setup.forms, 'before') })
    }
    const row = rows.find(({ id }) => id === current?.assignment_id)
    if (row && current) {
      const assignment: Shown = {
        assignment_id: row.id,
        game_name: row.game,
        pc_hid: row.pc,
        npc_hid: row.npc,
        status: current.status,
      }
      if (row.session !== null) return found({ stage: 'session', assignment, session: connectTo(row.session) })
      return found({ stage: 'assignment', assignment })
    }
    if (setup.assignment_completed) return found({ stage: 'finished' })
    const options = study.isChosen && setup.is_open ? await experiments.options(open, player) : []
    if (options.length > 0) {
      const shown = options.map((option) => toShown({ ...option, pc_hid: option.character_hid, npc_hid: null }))
      return found({ stage: 'choice', options: shown })
    }
    // Nothing is left for this participant, so completed assignments decide.
    return found({ stage: completed > 0 ? 'finished' : 'closed' })
  }

  async #ofRun(open: OpenStudy, player: string) {
    const setup = await this.#parts.runs.setup(open, player)
    const completed = setup.assignments.filter(({ status }) => status === 'completed').length
    const found = (step: Step) => ({ step, completed, isOpen: setup.is_open })
    const current = setup.current_assignment
    const assignment = current
      ? { ...toShown(current), assignment_id: current.assignment_id, status: current.status }
      : null
    const isPlaying = current?.status === 'in_progress' && current.active_session_id !== null
    if (isPlaying) return found({ stage: 'session', assignment, session: connectTo(current.active_session_id ?? '') })
    const [group] = setup.pending_form_groups
    if (group) return found({ stage: 'forms', group_id: group.group_id, forms: group.forms, assignment })
    if (assignment) return found({ stage: 'assignment', assignment })
    if (setup.next_assignment.mode === 'choice') {
      return found({ stage: 'choice', options: setup.eligible_assignment_options.map(toShown) })
    }
    return found({ stage: setup.assignment_completed || completed > 0 ? 'finished' : 'closed' })
  }
}

function toShown({ game_name, pc_hid, npc_hid }: { game_name: string; pc_hid: string; npc_hid: string | null }): Shown {
  return { assignment_id: null, game_name, pc_hid, npc_hid, status: null }
}

const phase = (forms: readonly (ExperimentForm | RunForm)[], when: 'before' | 'after') =>
  forms.filter((form) => 'before_or_after' in form && form.before_or_after === when)
