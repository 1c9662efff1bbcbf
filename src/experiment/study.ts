// A study as the rest of the program sees it, independent of the generation of its file.
import type { FORM_EVENTS } from '../protocol/experiment-form.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { StudySettings } from '../protocol/study-settings.ts'
import type { StudyArm } from '../protocol/study-worlds.ts'
import type { Form } from './forms/form.ts'

export interface StudyGame {
  /** As spelled in the catalogue. */
  readonly name: string
  readonly overrides: JsonObject
}

export interface Study {
  readonly generation: 'experiment' | 'run'
  readonly name: string
  readonly description: string
  readonly condition: 'learning' | 'static' | null
  readonly strategy: string
  readonly games: readonly StudyGame[]
  readonly quota: number | null
  /** Assignments per player; null: the default of the strategy. */
  readonly maximum: number | null
  /** For null, 0 and an empty text, the study's name is the seed. */
  readonly seed: string | number | null
  readonly pcEligibleOnly: boolean
  /** Older generation only: players choose their games. */
  readonly isChosen: boolean
  /** Newer generation only. */
  readonly allowsChoice: boolean
  readonly requiresCompletion: boolean
  readonly needsRegistration: boolean
  readonly forms: readonly Form[]
  readonly settings: StudySettings
}

/** The forms of a study that are shown at this moment. */
export function formsAt(study: Study, when: 'before' | 'after' | (typeof FORM_EVENTS)[number]): readonly Form[] {
  return study.forms.filter(({ phase }) => (phase.kind === 'experiment' ? phase.when : phase.event) === when)
}

/** The world that replaces a game; undefined: it is a text game. */
export const armOf = ({ settings }: Pick<Study, 'settings'>, game: string): StudyArm | undefined =>
  Object.hasOwn(settings.worlds, game) ? settings.worlds[game] : undefined
