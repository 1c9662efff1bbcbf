// The divisions that a ruleset declares, and where members go whose division it no longer has: to the nearest of the same
// type.
import type { MembershipEvent, RoundDivision } from '../../protocol/commissioner.ts'
import type { MigrationDivision, MigrationRequest } from '../../protocol/commissioner-requests.ts'
import type { RulesetConfig } from '../../protocol/ruleset.ts'
import { byLevel, statusOf } from './entrants.ts'

/** The level of a staging division that names none: below every competition. */
const STAGING_LEVEL = -99
/** The handle of the division for newcomers, which stages unless it says otherwise. */
const QUALIFIERS = 'qualifiers'

/** The divisions that a league of this configuration should have. Competitions without a level count up from 1. */
export function divisionsOf({ divisions }: RulesetConfig): MigrationDivision[] {
  let next = 1
  return Object.entries(divisions).map(([key, written]) => {
    const type = written.match?.type ?? (key === QUALIFIERS ? 'staging' : 'competition')
    const level = written.level ?? (type === 'staging' ? STAGING_LEVEL : next++)
    return {
      key,
      name: written.name ?? written.match?.name ?? titleOf(key),
      previous_name: written.previous_name ?? null,
      level,
      type,
      description: written.description ?? null,
    }
  })
}

/** `first_league` as First League. */
const titleOf = (key: string): string =>
  key
    .split(/[_\s]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

/** Moves the members of divisions that are not declared. Members for whom there is no place stay. */
export function migrateMembers(
  declared: readonly MigrationDivision[],
  { divisions, memberships }: MigrationRequest,
): MembershipEvent[] {
  const names = new Set(declared.map(({ name }) => name))
  const kept = divisions.filter(({ name }) => names.has(name))
  return memberships.flatMap((member): MembershipEvent[] => {
    const from = divisions.find(({ id }) => id === member.division_id)
    if (!from || names.has(from.name)) return []
    const same = nearest(kept, from, typeOf(from))
    // Without a staging division newcomers compete at once.
    const to = same ?? nearest(kept, from, 'competition')
    if (!to) return []
    const status = same ? statusOf(member) : 'competing'
    return [
      {
        league_policy_membership_id: member.id,
        from_division_id: from.id,
        to_division_id: to.id,
        status,
        substatus: same ? (member.substatus ?? null) : null,
        reason: `${from.name} is no division of the league any more`,
        end_time: null,
        notes: null,
        evidence: [],
      },
    ]
  })
}

const typeOf = ({ type }: RoundDivision): string => type ?? 'competition'

/** The division of a type whose level is nearest; of two, the lower one. */
function nearest(
  divisions: readonly RoundDivision[],
  { level }: RoundDivision,
  type: string,
): RoundDivision | undefined {
  const far = (each: RoundDivision): number => Math.abs(each.level - level)
  return divisions
    .filter((each) => typeOf(each) === type)
    .toSorted(byLevel)
    .reduce<RoundDivision | undefined>((best, each) => (best && far(best) <= far(each) ? best : each), undefined)
}
