// Changes of one member, with the event that tells them. A player has one champion in a division: a newer one replaces
// the others.
import { insertEvent, type Moment } from './league-events.ts'
import { type Cause, memberEvent } from './new-events.ts'
import { type MembershipRecord, toMembership } from './rows.ts'

/** The new state of a member. */
export interface MembershipPatch {
  readonly divisionId?: string | null
  readonly status?: string
  readonly substatus?: string | null
  readonly isChampion?: boolean
  readonly isActive?: boolean
}

const REPLACED = 'Another policy of the same player is its champion now.'

/** Of two transactions that change a member at once, the second waits here and then sees what the first wrote. */
export async function findMember({ tx }: Moment, id: string): Promise<MembershipRecord | undefined> {
  const row = await tx
    .updateTable('league_memberships')
    .set(({ ref }) => ({ status: ref('status') }))
    .where('membership_id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return row && toMembership(row)
}

/** Writes nothing if there is no change. @returns whether there was one */
export async function changeMember(
  moment: Moment,
  before: MembershipRecord,
  { patch, cause }: { readonly patch: MembershipPatch; readonly cause: Cause },
): Promise<boolean> {
  const after = { ...before, ...patch }
  const isSame =
    before.divisionId === after.divisionId &&
    before.status === after.status &&
    before.substatus === after.substatus &&
    before.isChampion === after.isChampion &&
    before.isActive === after.isActive
  if (isSame) return false
  await moment.tx
    .updateTable('league_memberships')
    .set({
      division_id: after.divisionId,
      status: after.status,
      substatus: after.substatus,
      is_champion: after.isChampion ? 1 : 0,
      is_active: after.isActive ? 1 : 0,
      ended_at: after.isActive ? null : moment.now,
    })
    .where('membership_id', '=', before.id)
    .execute()
  await insertEvent(moment, memberEvent(after, cause, typeOf(before, after), before))
  const isNew = !before.isChampion || before.divisionId !== after.divisionId
  if (after.isActive && after.isChampion && isNew) await benchOthers(moment, after, cause)
  return true
}

function typeOf(before: MembershipRecord, after: MembershipRecord): string {
  if (!after.isActive) return 'membership_ended'
  return before.divisionId === after.divisionId ? 'membership_changed' : 'membership_moved'
}

type Champion = Pick<MembershipRecord, 'id' | 'leagueId' | 'divisionId' | 'playerId'>

async function rivals({ tx }: Moment, champion: Champion): Promise<MembershipRecord[]> {
  if (champion.playerId === null || champion.divisionId === null) return []
  const rows = await tx
    .selectFrom('league_memberships')
    .selectAll()
    .where('league_id', '=', champion.leagueId)
    .where('division_id', '=', champion.divisionId)
    .where('player_id', '=', champion.playerId)
    .where('membership_id', '!=', champion.id)
    .where('is_active', '=', 1)
    .where('is_champion', '=', 1)
    .execute()
  return rows.map(toMembership)
}

/** A player has one champion in a division. */
export async function benchOthers(moment: Moment, champion: Champion, cause: Cause): Promise<void> {
  for (const other of await rivals(moment, champion)) {
    const patch = { isChampion: false, substatus: 'benched' }
    const { actor, roundId } = cause
    await changeMember(moment, other, {
      patch,
      cause: { actor, reason: REPLACED, ...(roundId === undefined ? {} : { roundId }) },
    })
  }
}

/** Whether a member that has qualified becomes a champion in its division, as its player wished. */
export async function becomesChampion(
  moment: Moment,
  member: Champion & Pick<MembershipRecord, 'autoChampion' | 'policyVersionId'>,
): Promise<boolean> {
  if (member.autoChampion !== 'lineage') return member.autoChampion === 'always'
  const others = await rivals(moment, member)
  if (others.length === 0) return true
  const ids = [member, ...others].map(({ policyVersionId }) => policyVersionId)
  const versions = await moment.tx
    .selectFrom('league_policy_versions')
    .select('policy_id')
    .distinct()
    .where('policy_version_id', 'in', ids)
    .execute()
  return versions.length === 1
}
