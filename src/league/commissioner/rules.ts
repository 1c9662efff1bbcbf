// The rules of a ruleset: for each stage of a division, who plays it, how, and what happens to the members afterwards.
import type { RoundDivision, RoundMembership } from '../../protocol/commissioner.ts'
import type { JsonObject } from '../../protocol/json.ts'
import {
  type DivisionMatch,
  type EntrantSelector,
  type RulesetConfig,
  type RulesetDivision,
  type RulesetSchedule,
  type Transition,
  transitionsOf,
} from '../../protocol/ruleset.ts'
import { byLevel, statusOf } from './entrants.ts'
import type { Stage } from './stage.ts'

/** One stage of one division of the configuration. */
export interface Rule {
  /** Key of the division. */
  readonly division: string
  readonly stage: Stage
  readonly minimum: number
  readonly config: JsonObject | undefined
  readonly transitions: readonly Transition[]
  /** Whether a member plays by this rule; the division is not checked. */
  isEntrant(member: RoundMembership): boolean
}

const toStage = ({ label, episodes, attempts, min_episodes_per_entrant, self_play }: RulesetSchedule): Stage => ({
  label,
  episodes: episodes ?? attempts ?? 1,
  perEntrant: min_episodes_per_entrant ?? null,
  selfPlay: self_play,
})

/** Whether a division matches. An empty match matches every division. */
export const isMatch = ({ name, type }: DivisionMatch, division: RoundDivision): boolean =>
  (!name || division.name === name) && (!type || division.type === type)

const matchOf = ({ match, name }: RulesetDivision): DivisionMatch => match ?? (name ? { name } : {})

/** Members that a selector selects; without a selector, those that the division's type implies. */
export function isSelected(
  member: RoundMembership,
  selector: EntrantSelector | null | undefined,
  type: string | null | undefined,
): boolean {
  const chosen = selector ?? (type === 'competition' ? 'champions' : type === 'staging' ? 'qualifying' : undefined)
  if (chosen === undefined) return true
  if (chosen === 'qualifying') return statusOf(member) === 'qualifying'
  if (chosen === 'champions') return statusOf(member) === 'competing' && member.is_champion
  const { status, substatus, match_substatus: isSubstatusMatched, is_champion: isChampion } = chosen
  if (status != null && statusOf(member) !== status) return false
  if (isSubstatusMatched && (member.substatus ?? null) !== (substatus ?? null)) return false
  return isChampion == null || member.is_champion === isChampion
}

/** The rules of a division, in the order in which they are tried: later stages first. */
export function rulesFor({ divisions, defaults }: RulesetConfig, division: RoundDivision): Rule[] {
  return Object.entries(divisions).flatMap(([key, written]) => {
    const match = matchOf(written)
    if (!isMatch(match, division)) return []
    const minimum = written.min_entries_to_start ?? defaults.min_entries_to_start
    const common = { division: key, minimum }
    if (written.stages.length === 0) {
      return [
        {
          ...common,
          stage: toStage(written.stage ?? defaults.stage),
          config: written.game_config ?? undefined,
          transitions: transitionsOf(written),
          isEntrant: (member: RoundMembership) => isSelected(member, written.entrants, match.type),
        },
      ]
    }
    const isStaged = written.stages.length > 1
    return written.stages
      .map((stage, index): Rule => {
        const substatus = index === 0 ? null : stage.id
        return {
          ...common,
          stage: toStage(stage.schedule ?? defaults.stage),
          config: mergeConfigs(written.game_config, stage.game_config),
          transitions: transitionsOf(stage),
          isEntrant: (member) =>
            isSelected(member, stage.entrants ?? written.entrants, match.type) &&
            (!isStaged || (member.substatus ?? null) === substatus),
        }
      })
      .reverse()
  })
}

function mergeConfigs(
  one: JsonObject | null | undefined,
  other: JsonObject | null | undefined,
): JsonObject | undefined {
  return one || other ? { ...one, ...other } : undefined
}

/** The division of the league for a key of the configuration: the lowest that matches. */
export function divisionOf(
  { divisions }: RulesetConfig,
  key: string,
  among: readonly RoundDivision[],
): RoundDivision | undefined {
  const written = Object.hasOwn(divisions, key) ? divisions[key] : undefined
  return written && among.filter((division) => isMatch(matchOf(written), division)).sort(byLevel)[0]
}
