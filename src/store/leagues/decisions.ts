// Applies what a commissioner decided about members: once, in the transaction of its message. A decision on a member that
// has ended, or has left the named division meanwhile, is out of date and left out.
import type { GraduationChange, MembershipChange, MembershipEvent } from '../../protocol/commissioner.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Moment } from './league-events.ts'
import { becomesChampion, changeMember, findMember, type MembershipPatch } from './member-changes.ts'
import type { MembershipRecord } from './rows.ts'

/** The three ways in which commissioners write the same thing. The first list that names a member counts. */
export interface Decisions {
  readonly events: readonly MembershipEvent[]
  readonly changes: readonly MembershipChange[]
  readonly graduations: readonly GraduationChange[]
}

export interface DecisionScope {
  readonly leagueId: string
  readonly actor: string
  readonly roundId?: string
  /** Members on which nothing is decided any more. */
  readonly except?: ReadonlySet<string>
}

/** Characters of a reason or of notes, and bytes of the evidence of one event as JSON; longer ones are cut or left out. */
const MAX_TEXT = 2000
const MAX_EVIDENCE = 64 * 1024
/** Statuses before a member takes part. */
const WAITING: readonly string[] = ['submitted', 'qualifying']

interface Decision {
  readonly memberId: string
  readonly fromDivisionId: string | null
  readonly patch: MembershipPatch
  readonly reason: string
  readonly evidence: readonly JsonObject[]
  readonly notes: string | null
  readonly endTime: string | null
}

/** @returns the number of members that changed */
export async function applyDecisions(moment: Moment, decisions: Decisions, scope: DecisionScope): Promise<number> {
  const changed = new Set<string>()
  for (const decision of inOrder(decisions)) {
    if (scope.except?.has(decision.memberId)) continue
    const before = await findMember(moment, decision.memberId)
    if (!before?.isActive || before.leagueId !== scope.leagueId) continue
    if (decision.fromDivisionId !== null && decision.fromDivisionId !== before.divisionId) continue
    const patch = await withChampion(moment, before, decision.patch)
    const { actor, roundId } = scope
    const { reason, evidence, notes, endTime } = decision
    const cause = { actor, reason, evidence, notes, endTime, ...(roundId === undefined ? {} : { roundId }) }
    if (await changeMember(moment, before, { patch, cause })) changed.add(decision.memberId)
  }
  return changed.size
}

function inOrder({ events, changes, graduations }: Decisions): Decision[] {
  const list: Decision[] = events.map((event) => ({
    memberId: event.league_policy_membership_id,
    fromDivisionId: event.from_division_id,
    patch: patchOf(event),
    reason: event.reason.slice(0, MAX_TEXT),
    evidence: JSON.stringify(event.evidence).length > MAX_EVIDENCE ? [] : event.evidence,
    notes: event.notes?.slice(0, MAX_TEXT) ?? null,
    endTime: event.end_time,
  }))
  const known = new Set(list.map(({ memberId }) => memberId))
  const bare = (memberId: string, reason: string, patch: MembershipPatch, from: string | null): void => {
    if (known.has(memberId)) return
    known.add(memberId)
    const text = reason.slice(0, MAX_TEXT)
    list.push({ memberId, fromDivisionId: from, patch, reason: text, evidence: [], notes: null, endTime: null })
  }
  for (const change of changes) {
    const patch = change.is_active
      ? {
          ...(change.to_division_id === null ? {} : { divisionId: change.to_division_id }),
          status: 'competing',
        }
      : { isActive: false, status: 'disqualified', substatus: 'inactive', isChampion: false }
    bare(change.membership_id, change.reason, patch, change.from_division_id)
  }
  for (const { membership_id: id, to_division_id: divisionId, reason } of graduations) {
    bare(id, reason, { divisionId, status: 'competing' }, null)
  }
  return list
}

function patchOf({ to_division_id: divisionId, status, substatus }: MembershipEvent): MembershipPatch {
  if (status === 'disqualified') return { isActive: false, status, substatus, isChampion: false }
  return { ...(divisionId === null ? {} : { divisionId }), status, substatus }
}

/** A member that qualifies, or that is named a champion, becomes one if its player wished so. */
async function withChampion(
  moment: Moment,
  before: MembershipRecord,
  patch: MembershipPatch,
): Promise<MembershipPatch> {
  if (patch.isActive === false || before.isChampion) return patch
  const hasQualified = WAITING.includes(before.status) && patch.status === 'competing'
  if (!hasQualified && patch.substatus !== 'champion') return patch
  const isOpen = patch.substatus === undefined
  if (await becomesChampion(moment, { ...before, divisionId: patch.divisionId ?? before.divisionId })) {
    return { ...patch, isChampion: true, ...(isOpen ? { substatus: 'active' } : {}) }
  }
  return { ...patch, ...(isOpen || patch.substatus === 'champion' ? { substatus: 'benched' } : {}) }
}
