// The default for members after a round without a rule of its own: champions are active, others benched.
import type { MembershipEvent, RoundMembership } from '../../protocol/commissioner.ts'
import { statusOf } from './entrants.ts'

const REASONS = { active: 'Champion', benched: 'Not a champion' } as const

/** Events for members whose `substatus` changes; members with other statuses are not changed. */
export function activityEvents(members: readonly RoundMembership[]): MembershipEvent[] {
  return members.flatMap((member): MembershipEvent[] => {
    const substatus = member.is_champion ? 'active' : 'benched'
    if (statusOf(member) !== 'competing' || member.substatus === substatus) return []
    return [
      {
        league_policy_membership_id: member.id,
        from_division_id: member.division_id,
        to_division_id: member.division_id,
        status: 'competing',
        substatus,
        reason: REASONS[substatus],
        end_time: null,
        notes: null,
        evidence: [],
      },
    ]
  })
}
