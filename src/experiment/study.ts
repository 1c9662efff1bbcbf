// A study as the rest of the program sees it, whichever generation of file it was read from.
import type { FORM_EVENTS } from '../protocol/experiment-form.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { StudySettings } from '../protocol/study-settings.ts'
import type { StudyArm } from '../protocol/study-worlds.ts'
import type { Form } from './forms/form.ts'

export interface StudyGame {
  /** As the catalogue spells it. */
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
  /** Null, 0 and an empty text: the name of the study. */
  readonly seed: string | number | null
  readonly pcEligibleOnly: boolean
  /** Of the older generation: players choose their games. */
  readonly isChosen: boolean
  /** Of the newer generation. */
  readonly allowsChoice: boolean
  readonly requiresCompletion: boolean
  readonly needsRegistration: boolean
  readonly forms: readonly Form[]
  readonly settings: StudySettings
}

/** Forms of a study that are shown at a moment. */
export function formsAt(study: Study, when: 'before' | 'after' | (typeof FORM_EVENTS)[number]): readonly Form[] {
  return study.forms.filter(({ phase }) => (phase.kind === 'experiment' ? phase.when : phase.event) === when)
}

/** The world that stands in the place of a game; undefined: it is a text game. */
export const armOf = ({ settings }: Pick<Study, 'settings'>, game: string): StudyArm | undefined =>
  Object.hasOwn(settings.worlds, game) ? settings.worlds[game] : undefined
