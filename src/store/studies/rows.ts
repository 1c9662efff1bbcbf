// Converts participants and assignments between their columns and the records that the rules use.
import type { Insertable, Selectable } from 'kysely'
import { z } from 'zod'
import { FormPayloads } from '../../protocol/experiment-form.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { AssignmentTable, StudyParticipantTable } from './tables.ts'

const STATUSES = ['assigned', 'in_progress', 'completed', 'interrupted', 'expired'] as const
export type StoredStatus = (typeof STATUSES)[number]
const Status = z.enum(STATUSES)
const External = z.record(z.string(), z.string())

export interface StoredAssignment {
  readonly id: string
  readonly study: string
  readonly player: string
  readonly ordinal: number
  readonly game: string
  readonly pc: string
  readonly npc: string | null
  readonly status: StoredStatus
  readonly assignedAt: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly startedAt: number | null
  readonly completedAt: number | null
  readonly interruptedAt: number | null
  readonly session: string | null
  readonly forms: FormPayloads
  readonly batchId: string | null
  /** The npc of its batch. */
  readonly batch: string | null
  readonly isReserved: boolean
  readonly reservedUntil: number | null
  readonly reserveMs: number | null
}

export interface Participant {
  readonly study: string
  readonly player: string
  readonly forms: FormPayloads
  readonly link: string | null
  /** Ids of the recruiting platform, by name. */
  readonly external: Readonly<Record<string, string>>
  readonly consentVersion: string | null
  readonly consentAt: number | null
  readonly signature: string | null
  readonly completionCode: string | null
  readonly completedAt: number | null
  readonly withdrawnAt: number | null
  /** When no other participants came: this one is paid and finished. */
  readonly releasedAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

export function fromAssignmentRow(row: Selectable<AssignmentTable>): StoredAssignment {
  return {
    id: row.assignment_id,
    study: row.study,
    player: row.player_id,
    ordinal: row.ordinal,
    game: row.game_name,
    pc: row.pc_hid,
    npc: row.npc_hid,
    status: Status.parse(row.status),
    assignedAt: row.assigned_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
    interruptedAt: row.interrupted_at,
    session: row.active_session_id,
    forms: readJsonColumn(FormPayloads, row.form_responses, 'form_responses'),
    batchId: row.batch_id,
    batch: row.batch_npc_hid,
    isReserved: row.is_reserved === 1,
    reservedUntil: row.reserved_until,
    reserveMs: row.reserve_ms,
  }
}

export function toAssignmentRow(row: StoredAssignment): Insertable<AssignmentTable> {
  return {
    assignment_id: row.id,
    study: row.study,
    player_id: row.player,
    ordinal: row.ordinal,
    game_name: row.game,
    pc_hid: row.pc,
    npc_hid: row.npc,
    status: row.status,
    assigned_at: row.assignedAt,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    started_at: row.startedAt,
    completed_at: row.completedAt,
    interrupted_at: row.interruptedAt,
    active_session_id: row.session,
    form_responses: storedText(JSON.stringify(row.forms)),
    batch_id: row.batchId,
    batch_npc_hid: row.batch,
    is_reserved: row.isReserved ? 1 : 0,
    reserved_until: row.reservedUntil,
    reserve_ms: row.reserveMs,
  }
}

export function fromParticipantRow(row: Selectable<StudyParticipantTable>): Participant {
  return {
    study: row.study,
    player: row.player_id,
    forms: readJsonColumn(FormPayloads, row.forms, 'forms'),
    link: row.link,
    external: readJsonColumn(External, row.external, 'external'),
    consentVersion: row.consent_version,
    consentAt: row.consent_at,
    signature: row.signature,
    completionCode: row.completion_code,
    completedAt: row.completed_at,
    withdrawnAt: row.withdrawn_at,
    releasedAt: row.released_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toParticipantRow(row: Participant): Insertable<StudyParticipantTable> {
  return {
    study: row.study,
    player_id: row.player,
    forms: storedText(JSON.stringify(row.forms)),
    link: row.link,
    external: storedText(writeJsonColumn(row.external)),
    consent_version: row.consentVersion,
    consent_at: row.consentAt,
    signature: row.signature,
    completion_code: row.completionCode,
    completed_at: row.completedAt,
    withdrawn_at: row.withdrawnAt,
    released_at: row.releasedAt,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
