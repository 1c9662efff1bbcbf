// Checks what a commissioner decided about members: it is untrusted, and may name only what belongs to its league.
import type { GraduationChange, MembershipChange, MembershipEvent } from '../protocol/commissioner.ts'
import { MEMBER_STATUSES } from '../protocol/league.ts'

export interface CheckedDecisions {
  readonly policy_membership_events?: readonly MembershipEvent[] | undefined
  readonly membership_changes?: readonly MembershipChange[] | undefined
  readonly graduation_changes?: readonly GraduationChange[] | undefined
}

export interface KnownIds {
  readonly members: ReadonlySet<string>
  /** Divisions that members may move to. */
  readonly divisions: ReadonlySet<string>
}

/** Maximum number of decisions in one message: a league has at most as many members. */
const MAX_DECISIONS = 10_000
const STATUSES: readonly string[] = MEMBER_STATUSES

/** Why decisions cannot be applied; undefined: they can. */
export function faultOfDecisions(decisions: CheckedDecisions, { members, divisions }: KnownIds): string | undefined {
  const {
    policy_membership_events: events = [],
    membership_changes: changes = [],
    graduation_changes: graduations = [],
  } = decisions
  const count = events.length + changes.length + graduations.length
  if (count > MAX_DECISIONS) return `the commissioner decides ${count} times about members, at most ${MAX_DECISIONS}`
  const targets = [...events, ...changes, ...graduations].map(({ to_division_id: id }) => id)
  const division = targets.find((id) => id !== null && !divisions.has(id))
  if (division) return `the commissioner names an unknown division: ${division}`
  const named = [
    ...events.map(({ league_policy_membership_id: id }) => id),
    ...changes.map(({ membership_id: id }) => id),
    ...graduations.map(({ membership_id: id }) => id),
  ]
  const member = named.find((id) => !members.has(id))
  if (member !== undefined) return `the commissioner names an unknown member: ${member}`
  const odd = events.find(({ status }) => !STATUSES.includes(status))
  return odd && `the commissioner gives a member the unknown status ${JSON.stringify(odd.status.slice(0, 80))}`
}

/** The member that a list names more than once, and so sends in two directions. */
export function repeatedMember({
  policy_membership_events: events = [],
  membership_changes: changes = [],
}: CheckedDecisions): string | undefined {
  for (const ids of [
    events.map(({ league_policy_membership_id: id }) => id),
    changes.map(({ membership_id: id }) => id),
  ]) {
    const seen = new Set<string>()
    for (const id of ids) {
      if (seen.has(id)) return id
      seen.add(id)
    }
  }
  return undefined
}
