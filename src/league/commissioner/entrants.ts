// Chooses who plays a round, in which division, and on which variant.
import type { RoundDivision, RoundMembership, RoundStart, RoundVariant } from '../../protocol/commissioner.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { RoundRefused } from './commissioner.ts'

export interface Entrant {
  readonly policyVersionId: string
  readonly playerId: string | null
  /** The position among the entrants, from 0. */
  readonly seedOrder: number
}

/** Members of the minimal protocol have no status, and count as competing. */
export const statusOf = ({ status }: RoundMembership): string => status ?? 'competing'

/** By level, then name, then id. */
export function byLevel(a: RoundDivision, b: RoundDivision): number {
  return a.level - b.level || compareText(a.name, b.name) || compareText(a.id, b.id)
}

/** By code points, as Python orders text. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const [one, other] = [Array.from(a), Array.from(b)]
  for (const [index, char] of one.entries()) {
    const against = other[index]
    if (against === undefined) return 1
    if (char !== against) return (char.codePointAt(0) ?? 0) - (against.codePointAt(0) ?? 0)
  }
  return -1
}

/**
 * The division of a round: a named one, the one that all members share, or the lowest.
 * @param named keys of the settings that may name it, in order of precedence
 * @throws RoundRefused when there is none
 */
export function chooseDivision(
  { divisions, memberships }: RoundStart,
  settings: readonly JsonObject[],
  named: readonly string[],
): RoundDivision {
  for (const each of settings) {
    for (const key of named) {
      const value = each[key]
      if (typeof value !== 'string') continue
      const found = divisions.find(({ id }) => id === value.toLowerCase())
      if (found) return found
    }
  }
  const [shared, ...others] = new Set(memberships.map(({ division_id }) => division_id))
  const only = others.length === 0 ? divisions.find(({ id }) => id === shared) : undefined
  const found = only ?? divisions.toSorted(byLevel)[0]
  if (!found) throw new RoundRefused('round_start must include at least one division')
  return found
}

/** The named variant, or else the first. @throws RoundRefused when there is none */
export function chooseVariant({ variants }: RoundStart, settings: readonly JsonObject[]): RoundVariant {
  const [named] = settings.flatMap(({ variant_id }) => (typeof variant_id === 'string' ? [variant_id] : []))
  const found = variants.find(({ id }) => id === named) ?? variants[0]
  if (!found) throw new RoundRefused('round_start must include at least one variant')
  return found
}

/** One entrant per policy version, in the order of members; the first member of a version names its player. */
export function toEntrants(members: readonly RoundMembership[]): Entrant[] {
  const seen = new Map<string, Entrant>()
  for (const { policy_version_id: policyVersionId, player_id: playerId } of members) {
    if (!seen.has(policyVersionId)) seen.set(policyVersionId, { policyVersionId, playerId, seedOrder: seen.size })
  }
  return [...seen.values()]
}

const renumber = (entrants: readonly Entrant[]): Entrant[] =>
  entrants.map((entrant, seedOrder) => ({ ...entrant, seedOrder }))

/** The ids of an explicit list of entrants; undefined if there is none. */
export function listedEntrants(settings: readonly JsonObject[]): string[] | undefined {
  for (const { entrant_policy_version_ids: listed } of settings) {
    if (Array.isArray(listed))
      return listed.flatMap((id: JsonValue) => (typeof id === 'string' ? [id.toLowerCase()] : []))
  }
  return undefined
}

/** Selects and orders the entrants by a list; the last position of an id counts. */
export function selectListed(entrants: readonly Entrant[], listed: readonly string[] | undefined): Entrant[] {
  if (!listed) return [...entrants]
  const chosen = entrants.filter(({ policyVersionId }) => listed.includes(policyVersionId))
  return renumber(chosen.sort((a, b) => listed.lastIndexOf(a.policyVersionId) - listed.lastIndexOf(b.policyVersionId)))
}

/** Orders the entrants by a list; entrants that it does not contain come last. */
export function orderListed(entrants: readonly Entrant[], listed: readonly string[] | undefined): Entrant[] {
  if (!listed) return [...entrants]
  const place = ({ policyVersionId }: Entrant): number => {
    const index = listed.lastIndexOf(policyVersionId)
    return index < 0 ? listed.length : index
  }
  return renumber([...entrants].sort((a, b) => place(a) - place(b)))
}

/**
 * Slots of a variant: `num_agents` if it is an integer, else one per entrant.
 * @throws RoundRefused for a number below 1
 */
export function slotCount(config: JsonObject, entrants: number): number {
  const { num_agents: count } = config
  if (typeof count !== 'number' || !Number.isInteger(count)) return entrants
  if (count < 1) throw new RoundRefused(`num_agents must be at least 1, not ${count}`)
  return count
}
