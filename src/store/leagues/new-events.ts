// Events of leagues before they are written: who did what, when and why.
import type { JsonObject } from '../../protocol/json.ts'
import type { EventRecord, MembershipRecord } from './rows.ts'

/** An event before it is written. */
export type NewEvent = Omit<
  EventRecord,
  'id' | 'createdAt' | 'divisionId' | 'roundId' | 'policyVersionId' | 'playerId'
> &
  Partial<Pick<EventRecord, 'divisionId' | 'roundId' | 'policyVersionId' | 'playerId'>>

/** Why a member changes. */
export interface Cause {
  readonly actor: string
  readonly reason: string
  readonly roundId?: string
  readonly evidence?: readonly JsonObject[]
  readonly notes?: string | null
  /** When it takes effect, as the commissioner wrote it. */
  readonly endTime?: string | null
}

/** The event of a change of a member. */
export function memberEvent(
  member: Pick<
    MembershipRecord,
    'id' | 'leagueId' | 'divisionId' | 'policyVersionId' | 'playerId' | 'status' | 'substatus' | 'isChampion'
  >,
  { actor, reason, roundId, evidence, notes, endTime }: Cause,
  type: string,
  before?: MembershipRecord,
): NewEvent {
  const state = ({ divisionId, status, substatus, isChampion }: typeof member): JsonObject => ({
    division_id: divisionId,
    status,
    substatus,
    is_champion: isChampion,
  })
  return {
    leagueId: member.leagueId,
    divisionId: member.divisionId,
    policyVersionId: member.policyVersionId,
    playerId: member.playerId,
    ...(roundId === undefined ? {} : { roundId }),
    type,
    actor,
    headline: `${member.status}${member.substatus ? ` (${member.substatus})` : ''}`,
    summary: reason,
    payload: {
      membership_id: member.id,
      ...(before ? { from: state(before) } : {}),
      to: state(member),
      ...(evidence && evidence.length > 0 ? { evidence: [...evidence] } : {}),
      ...(notes == null ? {} : { notes }),
      ...(endTime == null ? {} : { end_time: endTime }),
    },
  }
}
