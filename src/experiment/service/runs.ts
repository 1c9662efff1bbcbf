// The actions of participants of runs (the newer generation): every method is one request of the wire.
import type { Character } from '../../protocol/character.ts'
import type { FORM_EVENTS } from '../../protocol/experiment-form.ts'
import type { RunAssignment, RunOption, RunSetup } from '../../protocol/study-wire.ts'
import type { Change, Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import { type FormGroup, nextAssignment, pendingGroups, type RunState, runState } from '../assignment/newer.ts'
import { progressOf } from '../assignment/progress.ts'
import type { AssignmentRow } from '../assignment/rows.ts'
import { formJson } from '../forms/form.ts'
import type { Candidate, Situation } from '../strategy/candidates.ts'
import { armOf, type Study } from '../study.ts'
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
  toRules,
} from './environment.ts'
import { newRow } from './new-row.ts'
import { planFor, type StartedSession, started, startSession } from './sessions.ts'

/** Shown in place of details that a game hides. */
const HIDDEN = 'Details about this character are hidden in this game.'

interface Seen {
  readonly situation: Situation
  readonly scene: Scene
  readonly characters: readonly Character[]
}

interface SubmittedGroup {
  readonly group_id: string
  readonly trigger: { readonly event: (typeof FORM_EVENTS)[number]; readonly match: null }
  readonly assignment_id: string | null
}

const triggerOf = (event: FormGroup['event']) => ({ event, match: null })

export class Runs {
  readonly #at: StudyEnvironment

  constructor(at: StudyEnvironment) {
    this.#at = at
  }

  async #act<T>(open: OpenStudy, player: string, decide: (seen: Seen) => Change<T>): Promise<T> {
    const characters = await this.#at.roster()
    const about = { characters, admission: admissionOf(this.#at.games, open.study, characters) }
    const key = { study: open.study.name, player }
    return this.#at.studies.act(key, { limit: limitOf(open.study) }, (scene) =>
      decide({ scene, characters, situation: situationOf(open.study, scene, about) }),
    )
  }

  /** The state of a participant. This assigns the next game. */
  setup(open: OpenStudy, player: string): Promise<RunSetup> {
    return this.#act(open, player, (seen) => {
      const { rows, state, situation } = assigned(open, seen)
      return { rows, result: this.#setupOf(open, { ...seen, situation }, state) }
    })
  }

  #setupOf(open: OpenStudy, { situation, scene, characters }: Seen, state: RunState): RunSetup {
    const { study } = open
    const progress = progressOf(study, situation.tally)
    const show = (row: AssignmentRow): RunAssignment => ({
      assignment_id: row.id,
      ...this.#describe(study, row, characters),
      status: row.status,
      active_session_id: row.session,
      has_pending_forms: state.pending.some(
        ({ event, row: own }) => event === 'after_assignment' && own?.id === row.id,
      ),
    })
    const options = state.options.map((option) => this.#describe(study, option, characters))
    const { current } = state
    const next = nextAssignment({ situation, forms: scene.participant.forms }, state)
    return {
      run_name: study.name,
      description: study.description,
      is_open: !progress.is_complete && !open.isClosed,
      forms: study.forms.map(formJson).filter((form) => 'trigger' in form),
      pending_form_groups: state.pending.map(({ id, event, forms, row }) => ({
        group_id: id,
        trigger: triggerOf(event),
        forms: forms.map(formJson).filter((form) => 'trigger' in form),
        assignment_id: row?.id ?? null,
      })),
      progress,
      current_assignment: current ? show(current) : null,
      assignment_completed: state.isFinished,
      next_assignment: {
        ...next,
        assignment: next.mode === 'locked' && current ? show(current) : null,
        options: next.mode === 'choice' ? options : [],
      },
      allow_choice_if_multiple: study.allowsChoice,
      require_completion: study.requiresCompletion,
      eligible_assignment_options: options,
      assignments: situation.rows.map(show),
      resumable_session_id: current?.status === 'in_progress' ? current.session : null,
    }
  }

  #describe(
    study: Study,
    { game, pc, npc }: { readonly game: string; readonly pc: string; readonly npc: string | null },
    characters: readonly Character[],
  ): RunOption {
    const known = this.#at.games.find(game)?.game
    const overridden = study.games.find(({ name }) => name === game)?.overrides.show_npc_details
    const isShown = typeof overridden === 'boolean' ? overridden : (known?.shows_npc ?? true)
    const text = (hid: string | null): string => characters.find((each) => each.hid === hid)?.short_description ?? ''
    const named = characters.find((each) => each.hid === pc)?.name
    return {
      game_name: game,
      pc_hid: pc,
      npc_hid: npc ?? '',
      game_description: known?.description ?? armOf(study, game)?.description ?? '',
      player_character_name: typeof named === 'string' && named !== '' ? named : pc,
      player_character_description: text(pc),
      simulator_character_description: isShown ? text(npc) : HIDDEN,
      simulator_character_details_visible: isShown,
    }
  }

  /** @throws AppError STUDY_REFUSED for a group that is not pending, and for invalid answers */
  submit(open: OpenStudy, player: string, group: string, responses: unknown): Promise<SubmittedGroup> {
    return this.#act(open, player, ({ situation, scene }) => {
      requireTakingPart(open, scene)
      const { participant, now } = scene
      const found = pendingGroups({ situation, forms: participant.forms }).find(({ id }) => id === group)
      if (!found) throw refuse(SAY.notWaiting(JSON.stringify(group.slice(0, 100))))
      const given = takeAnswers(found.forms, responses, now)
      const result = { group_id: found.id, trigger: triggerOf(found.event), assignment_id: found.row?.id ?? null }
      const row = scene.rows.find(({ id }) => id === found.row?.id)
      if (!row) return { participant: { ...participant, forms: { ...participant.forms, ...given } }, result }
      return { rows: [{ ...row, forms: { ...row.forms, ...given }, updatedAt: now }], result }
    })
  }

  /**
   * An assignment that may be started now, or is in progress.
   * @param wanted null: the current one
   * @throws AppError STUDY_REFUSED, STUDY_FORBIDDEN
   */
  startable(open: OpenStudy, player: string, wanted: string | null): Promise<StoredAssignment> {
    return this.#act(open, player, (seen) => {
      requireTakingPart(open, seen.scene)
      const { rows, state, situation } = assigned(open, seen)
      const id = wanted ?? state.current?.id
      const found = [...seen.scene.rows, ...rows].find((each) => each.id === id)
      if (!found) throw refuse(SAY.notYours)
      if (found.status === 'completed') throw refuse(SAY.completed)
      requireForms({ situation, forms: seen.scene.participant.forms }, found)
      return { rows, result: found }
    })
  }

  /**
   * Starts the session of an assignment, or returns its existing session.
   * @param wanted null: the current one
   * @throws AppError STUDY_REFUSED, STUDY_FORBIDDEN
   */
  async start(
    open: OpenStudy,
    player: string,
    {
      source,
      wanted,
      isAlive,
    }: { source: string; wanted: string | null; isAlive: (session: string) => Promise<boolean> },
  ): Promise<StartedSession> {
    const row = await this.startable(open, player, wanted)
    if (row.status === 'in_progress') {
      if (row.session !== null && (await isAlive(row.session))) return started(row.session)
      throw refuse(SAY.notResumable)
    }
    const plan = planFor(this.#at, open.study, row, { source, characters: await this.#at.roster() })
    return started(
      await startSession(this.#at, open, { seen: row, plan, check: (scene) => requireTakingPart(open, scene) }),
    )
  }

  options(open: OpenStudy, player: string): Promise<RunOption[]> {
    return this.#act(open, player, ({ situation, scene, characters }) => {
      const { options } = runState({ situation, forms: scene.participant.forms })
      return { result: options.map((option) => this.#describe(open.study, option, characters)) }
    })
  }

  /** @throws AppError STUDY_REFUSED for a game that is not offered; nothing is assigned then */
  select(open: OpenStudy, player: string, wanted: { game: string; pc: string; npc: string }): Promise<RunAssignment> {
    return this.#act(open, player, (seen) => {
      const { situation, scene } = seen
      requireTakingPart(open, scene)
      if (open.isClosed) throw refuse(SAY.closed)
      if (!open.study.allowsChoice) throw refuse(SAY.noChoice)
      const { options } = runState({ situation, forms: scene.participant.forms })
      const isWanted = ({ game, pc, npc }: Candidate) => game === wanted.game && pc === wanted.pc && npc === wanted.npc
      const chosen = options.find(isWanted)
      if (!chosen) throw refuse(SAY.notOffered)
      const row = newRow(open.study, scene, chosen)
      const described = this.#describe(open.study, chosen, seen.characters)
      const status = 'assigned' as const
      const result = { assignment_id: row.id, ...described, status, active_session_id: null, has_pending_forms: false }
      return { rows: [row], result }
    })
  }
}

/** The situation after a setup read, including the row that it assigns, if any. */
function assigned(
  open: OpenStudy,
  { situation, scene }: Seen,
): { readonly rows: readonly StoredAssignment[]; readonly state: RunState; readonly situation: Situation } {
  const { consent } = open.study.settings
  const { participant } = scene
  const first = runState({ situation, forms: participant.forms })
  const mayCreate =
    !open.isClosed && isStaying(participant) && (consent === null || participant.consentVersion === consent.version)
  if (!first.creates || !mayCreate) return { rows: [], state: { ...first, creates: undefined }, situation }
  const row = newRow(open.study, scene, first.creates)
  const after = { ...situation, rows: [...situation.rows, ...toRules([row])] }
  return { rows: [row], state: runState({ situation: after, forms: participant.forms }), situation: after }
}

/** Requires the forms before the whole study, and before this assignment, to be answered first. */
function requireForms(
  { situation, forms }: { readonly situation: Situation; readonly forms: Scene['participant']['forms'] },
  row: StoredAssignment,
): void {
  const missing = pendingGroups({ situation, forms }).some(
    ({ event, row: own }) =>
      event === 'before_all_assignments' || (event === 'before_assignment' && own?.id === row.id),
  )
  if (missing && row.status !== 'in_progress') throw refuse(SAY.formsFirst)
}
