// Starts the session of an assignment. One transaction creates the session and takes the assignment.
import { randomInt } from 'node:crypto'
import type { PlannedSession } from '../../adapters/session/plan.ts'
import type { Character } from '../../protocol/character.ts'
import type { Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import { armOf, type Study } from '../study.ts'
import { refuse, SAY } from '../words/sentences.ts'
import { limitOf, type OpenStudy, requireGame, type StudyEnvironment } from './environment.ts'

/** The plan of a session for an assignment. @throws AppError STUDY_REFUSED when its characters no longer exist */
export function planFor(
  at: StudyEnvironment,
  study: Study,
  row: Pick<StoredAssignment, 'game' | 'pc' | 'npc' | 'player'>,
  about: { readonly source: string; readonly characters: readonly Character[] },
): PlannedSession {
  if (armOf(study, row.game)) throw refuse(SAY.inWorld(row.game))
  const playable = requireGame(at, row.game)
  const overrides = study.games.find(({ name }) => name === row.game)?.overrides ?? {}
  const rest = { playable, overrides, source: about.source, playerId: row.player }
  if (!playable.dialogue.characters) return { ...rest, pc: null, npc: null }
  const pc = about.characters.find(({ hid }) => hid === row.pc)
  if (!pc) throw refuse(SAY.noPc(row.pc))
  const npc =
    row.npc === null
      ? about.characters[randomInt(Math.max(1, about.characters.length))]
      : about.characters.find(({ hid }) => hid === row.npc)
  if (!npc) throw refuse(SAY.noNpc(row.npc ?? ''))
  return { ...rest, pc, npc }
}

const labelOf = ({ game, pc, npc }: Pick<StoredAssignment, 'game' | 'pc' | 'npc'>): string =>
  [game, pc, ...(npc === null ? [] : [npc])].join('/')

/** Creates the session of a row that must not have changed since it was read. @returns the id of the session */
export async function startSession(
  at: StudyEnvironment,
  { study }: OpenStudy,
  { seen, plan, check }: { readonly seen: StoredAssignment; readonly plan: PlannedSession; check(scene: Scene): void },
): Promise<string> {
  const { studies, registry } = at
  const key = { study: seen.study, player: seen.player }
  const header = await registry.create(plan, async (tx, created) => {
    await studies.actIn(tx, key, { limit: limitOf(study) }, async (scene) => {
      check(scene)
      const row = scene.rows.find(({ id }) => id === seen.id)
      if (!row || (row.status !== 'assigned' && row.status !== 'interrupted')) {
        throw refuse(SAY.startedAlready)
      }
      const place = { session: created, study: key.study, assignment: row.id, arm: labelOf(row) }
      await studies.placeSession(tx, { ...place, consentVersion: scene.participant.consentVersion })
      const { now } = scene
      const taken = { status: 'in_progress' as const, session: created, startedAt: now, updatedAt: now }
      return { rows: [{ ...row, ...taken, isReserved: false, reservedUntil: null }], result: undefined }
    })
  })
  return header.session_id
}

/** The response of the start route. */
export interface StartedSession {
  readonly session_id: string
  readonly status: 'active'
  readonly ws_path: string
}

export const started = (id: string): StartedSession => ({
  session_id: id,
  status: 'active',
  ws_path: `/api/play/game/${id}/ws`,
})
