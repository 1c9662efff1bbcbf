// Creates a row that is assigned now.
import { randomUUID } from 'node:crypto'
import type { Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import type { NewAssignment } from '../assignment/rows.ts'
import type { Study } from '../study.ts'

const MS_PER_MINUTE = 60_000

/** @param number 0 for the first row of an act, 1 for the second, … */
export function newRow(study: Study, scene: Scene, chosen: NewAssignment, number = 0): StoredAssignment {
  const { participant, now } = scene
  const { reservation } = study.settings
  const reserveMs = reservation === null ? null : reservation.minutes * MS_PER_MINUTE
  return {
    id: randomUUID(),
    study: participant.study,
    player: participant.player,
    ordinal: scene.nextOrdinal + number,
    game: chosen.game,
    pc: chosen.pc,
    npc: chosen.npc,
    status: 'assigned',
    assignedAt: now + number,
    createdAt: now + number,
    updatedAt: now + number,
    startedAt: null,
    completedAt: null,
    interruptedAt: null,
    session: null,
    forms: {},
    batchId: chosen.batch?.id ?? null,
    batch: chosen.batch?.npc ?? null,
    isReserved: reserveMs !== null,
    reservedUntil: reserveMs === null ? null : now + reserveMs,
    reserveMs,
  }
}
