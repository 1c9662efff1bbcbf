// What the study service needs from the server, and the situations that it builds from the store's rows.
import type { GameCatalogue, PlayableGame } from '../../adapters/session/games.ts'
import type { SessionRegistry } from '../../adapters/session/registry.ts'
import type { Character } from '../../protocol/character.ts'
import type { FormPayloads } from '../../protocol/experiment-form.ts'
import type { Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import type { Studies } from '../../store/studies/studies.ts'
import type { AssignmentRow } from '../assignment/rows.ts'
import type { KnownWorld } from '../file/catalogue.ts'
import type { Admission, Situation } from '../strategy/candidates.ts'
import { armOf, type Study } from '../study.ts'
import { forbid, refuse, SAY } from '../words/sentences.ts'

export interface StudyEnvironment {
  readonly studies: Studies
  readonly games: GameCatalogue
  /** Whether models can play slots of arms on this server. */
  readonly hasModels: boolean
  /** Worlds that arms may name. */
  readonly worlds: readonly KnownWorld[]
  readonly registry: Pick<SessionRegistry, 'create'>
  /** All characters. */
  roster(): Promise<readonly Character[]>
}

/** A study together with its state in the store. */
export interface OpenStudy {
  readonly study: Study
  /** Closed by the researcher. */
  readonly isClosed: boolean
  /** The file as its author wrote it. */
  readonly source: string
}

/** Strategies see only rows with the four statuses of the wire. */
export function toRules(rows: readonly StoredAssignment[]): AssignmentRow[] {
  return rows.flatMap(({ status, ...row }) => (status === 'expired' ? [] : [{ ...row, status }]))
}

/** Answers to player-scoped questions with the key `expertise`. */
function expertiseOf(forms: FormPayloads): string[] {
  return Object.values(forms).flatMap(({ answers }) => {
    const given = Object.hasOwn(answers, 'expertise') ? answers.expertise?.answer : undefined
    if (Array.isArray(given)) return given
    return typeof given === 'string' ? [given] : []
  })
}

/** Who is admitted to each game: computed once for each game. */
export function admissionOf(games: GameCatalogue, study: Study, characters: readonly Character[]): Admission {
  const known = new Map<string, ReturnType<Admission>>()
  return (game) => {
    if (known.has(game.name)) return known.get(game.name)
    if (armOf(study, game.name)) return undefined
    const playable = games.require(game.name)
    const found = playable.dialogue.characters?.candidates(playable.game, characters, game.overrides)
    known.set(game.name, found)
    return found
  }
}

export function situationOf(
  study: Study,
  scene: Scene,
  about: { readonly characters: readonly Character[]; readonly admission: Admission },
): Situation {
  return {
    study,
    player: scene.participant.player,
    rows: toRules(scene.rows),
    tally: scene.tally,
    characters: about.characters,
    admission: about.admission,
    expertise: expertiseOf(scene.participant.forms),
  }
}

/** Places per game, if the study reserves places. */
export const limitOf = (study: Study): number | null => (study.settings.reservation === null ? null : study.quota)

/** @throws AppError UNKNOWN_GAME */
export function requireGame({ games }: StudyEnvironment, name: string): PlayableGame {
  return games.require(name)
}

/** Whether a participant has neither withdrawn nor been released. */
export const isStaying = ({ withdrawnAt, releasedAt }: Scene['participant']): boolean =>
  withdrawnAt === null && releasedAt === null

/** Refuses participants who have withdrawn, or have not agreed to the current text. */
export function requireTakingPart({ study }: OpenStudy, { participant }: Scene): void {
  if (participant.withdrawnAt !== null) {
    throw forbid(SAY.withdrawn)
  }
  if (participant.releasedAt !== null) throw refuse(SAY.finished)
  const { consent } = study.settings
  if (consent !== null && participant.consentVersion !== consent.version) {
    throw refuse(SAY.needsConsent)
  }
}
