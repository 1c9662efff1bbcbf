// Converts sessions and their events between their columns and their wire format.
import type { Insertable, Selectable } from 'kysely'
import { JsonObject } from '../../protocol/json.ts'
import { Feedback, ModelProfile, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { SessionEventTable, SessionTable } from './tables.ts'

export const toInstant = (text: string): number => Date.parse(text)
export const fromInstant = (ms: number): string => new Date(ms).toISOString()
const toInstantOrNull = (text: string | null): number | null => (text === null ? null : toInstant(text))
const fromInstantOrNull = (ms: number | null): string | null => (ms === null ? null : fromInstant(ms))

/** The columns of a header that change while a session is played. */
export const CHANGING = [
  'status',
  'turns_completed',
  'last_seq',
  'updated_at',
  'paused_at',
  'resumed_at',
  'session_ended_at',
  'termination_reason',
] as const

export type SessionPatch = Partial<Pick<SessionHeader, (typeof CHANGING)[number]>>

export function toSessionRow(header: SessionHeader): Insertable<SessionTable> {
  return {
    session_id: header.session_id,
    name: header.name,
    player_id: header.player_id,
    game_name: header.game_name,
    source: header.source,
    pc_hid: header.pc_hid,
    npc_hid: header.npc_hid,
    session_started_at: toInstant(header.session_started_at),
    session_ended_at: toInstantOrNull(header.session_ended_at),
    termination_reason: header.termination_reason,
    status: header.status,
    turns_completed: header.turns_completed,
    model_profile: header.model_profile && writeJsonColumn(header.model_profile),
    game_config_snapshot: writeJsonColumn(header.game_config_snapshot),
    last_seq: header.last_seq,
    created_at: toInstant(header.created_at),
    updated_at: toInstant(header.updated_at),
    paused_at: toInstantOrNull(header.paused_at),
    resumed_at: toInstantOrNull(header.resumed_at),
    branch_from_session_id: header.branch_from_session_id,
  }
}

export function fromSessionRow(row: Selectable<SessionTable>): SessionHeader {
  return SessionHeader.parse({
    ...row,
    session_started_at: fromInstant(row.session_started_at),
    session_ended_at: fromInstantOrNull(row.session_ended_at),
    model_profile: row.model_profile === null ? null : readJsonColumn(ModelProfile, row.model_profile, 'model_profile'),
    game_config_snapshot: readJsonColumn(JsonObject, row.game_config_snapshot, 'game_config_snapshot'),
    created_at: fromInstant(row.created_at),
    updated_at: fromInstant(row.updated_at),
    paused_at: fromInstantOrNull(row.paused_at),
    resumed_at: fromInstantOrNull(row.resumed_at),
  })
}

export function toEventRow(event: SessionEvent): Insertable<SessionEventTable> {
  return {
    session_id: event.session_id,
    seq: event.seq,
    event_id: event.event_id,
    event_ts: toInstant(event.event_ts),
    direction: event.direction,
    event_type: event.event_type,
    event_source: event.event_source,
    content: storedText(event.content),
    content_format: event.content_format,
    turn_index: event.turn_index,
    command_name: event.command_name === null ? null : storedText(event.command_name),
    command_args: event.command_args === null ? null : storedText(event.command_args),
    visible_to_user: event.visible_to_user ? 1 : 0,
    persisted_at: toInstant(event.persisted_at),
    feedback: event.feedback && writeJsonColumn(event.feedback),
    updated_at: toInstantOrNull(event.updated_at),
  }
}

export function fromEventRow(row: Selectable<SessionEventTable>): SessionEvent {
  return SessionEvent.parse({
    ...row,
    event_ts: fromInstant(row.event_ts),
    visible_to_user: row.visible_to_user === 1,
    persisted_at: fromInstant(row.persisted_at),
    feedback: row.feedback === null ? null : readJsonColumn(Feedback, row.feedback, 'feedback'),
    updated_at: fromInstantOrNull(row.updated_at),
  })
}

/** The public status of a session: played, waiting for its player, or over. */
export type SessionStanding = 'active' | 'paused' | 'closed'

/**
 * A session counts as active while a server plays it with its player, and from its creation until the player connects.
 * An expired claim was left by a server that died.
 */
export function standingOf(
  row: Pick<Selectable<SessionTable>, 'status' | 'claimed_by' | 'claimed_until'>,
  now: number,
): SessionStanding {
  if (row.status === 'closed' || row.status === 'error') return 'closed'
  if (row.status === 'paused') return 'paused'
  return row.claimed_by === null || (row.claimed_until ?? 0) > now ? 'active' : 'paused'
}
