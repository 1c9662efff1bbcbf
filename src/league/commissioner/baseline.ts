// The baseline commissioner (contract section 9.5), and the manual one, which scores in the same way but never
// schedules.
import { z } from 'zod'
import type { MembershipChange, RoundDivision, RoundMembership, RoundStart } from '../../protocol/commissioner.ts'
import type {
  ProposedRound,
  RoundCompletedRequest,
  ScheduleRoundsRequest,
} from '../../protocol/commissioner-requests.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { LaxInt } from '../../protocol/lax.ts'
import {
  type Aftermath,
  type Commissioner,
  type Draw,
  type PlannedRound,
  RoundRefused,
  roundSettings,
} from './commissioner.ts'
import { describeBaseline } from './describe.ts'
import {
  byLevel,
  chooseDivision,
  chooseVariant,
  listedEntrants,
  selectListed,
  slotCount,
  statusOf,
  toEntrants,
} from './entrants.ts'
import { rankByMean } from './leaderboard.ts'
import { activityEvents } from './members.ts'
import { completedEpisodes, rankEntrants, resultsInOrder, tally } from './round-score.ts'
import { isDue } from './slots.ts'
import { DEFAULT_STAGE, episodeCount, readStage, roundDisplay, toEpisodes } from './stage.ts'
import { window } from './windows.ts'

const Positive = LaxInt.pipe(z.int().min(1))

/** Settings of a league. */
const Settings = z.object({
  schedule_interval_minutes: Positive.nullish().transform((value) => value ?? 10),
  minimum_champions: LaxInt.pipe(z.int().min(0))
    .nullish()
    .transform((value) => value ?? 2),
  qualifiers_minimum_champions: LaxInt.pipe(z.int().min(0))
    .nullish()
    .transform((value) => value ?? 1),
  qualifiers_division_name: z.string().nullish(),
  default_division_name: z.string().nullish(),
  default_execution_backend: z
    .string()
    .nullish()
    .transform((value) => value ?? 'dispatch'),
})
export type BaselineSettings = z.infer<typeof Settings>

/** Hours after which the weight of a result on the leaderboard is halved. */
const HALF_LIFE_HOURS = 2

/** @throws RoundRefused naming the setting */
export function readSettings(config: JsonObject | null | undefined): BaselineSettings {
  const parsed = Settings.safeParse(config ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RoundRefused(`commissioner_config.${issue?.path.join('.')}: ${issue?.message}`)
}

export function createBaseline(): Commissioner {
  return {
    key: 'baseline',
    planRound,
    scheduleRounds,
    rankDivision: (request) => rankByMean(request, { halfLifeHours: HALF_LIFE_HOURS }),
    describeDivision: describeBaseline,
    completeRound,
  }
}

export function createManual(): Commissioner {
  const { planRound: plan, rankDivision, completeRound: complete } = createBaseline()
  return {
    key: 'manual',
    planRound: plan,
    rankDivision,
    ...(complete ? { completeRound: complete } : {}),
    scheduleRounds: () => [],
    describeDivision: (request, now) => ({
      ...describeBaseline(request, now),
      round_schedule: 'Rounds are started by hand.',
      next_round: null,
    }),
  }
}

const isQualifier = (division: RoundDivision, { qualifiers_division_name: name }: BaselineSettings): boolean =>
  name != null && division.name === name && (division.type ?? 'staging') === 'staging'

function membersFor(division: RoundDivision, members: readonly RoundMembership[], settings: BaselineSettings) {
  const isWaited = isQualifier(division, settings)
  return members.filter((member) => {
    if (member.division_id !== division.id) return false
    return isWaited ? statusOf(member) === 'qualifying' : statusOf(member) === 'competing' && member.is_champion
  })
}

function planRound(start: RoundStart, draw: Draw): PlannedRound {
  const { round, league } = roundSettings(start)
  const settings = readSettings(league)
  const sources = [round, league]
  const division = chooseDivision(start, sources, ['division_id', 'current_division_id'])
  const variant = chooseVariant(start, sources)
  const members = membersFor(division, start.memberships, settings)
  const entrants = selectListed(toEntrants(members), listedEntrants(sources))
  if (entrants.length === 0) throw new RoundRefused('pool must have at least one entry')
  const own = isQualifier(division, settings) ? 'qualifier_stages' : 'stages'
  const stage = readStage(round, 'stages', DEFAULT_STAGE) ?? readStage(league, own, DEFAULT_STAGE) ?? DEFAULT_STAGE
  const slots = slotCount(variant.game_config, entrants.length)
  const count = episodeCount(stage, entrants.length, slots)
  const lineups = Array.from({ length: count }, (_, episode) =>
    window(entrants, { episode, slots, step: entrants.length > slots ? slots : 1 }),
  )
  const about = { variantId: variant.id, roundId: start.round_id, config: undefined }
  return {
    episodes: toEpisodes(lineups, about, draw),
    complete(settlements) {
      const results = resultsInOrder(settlements)
      const wasCompleted = ({ policy_version_id }: RoundMembership): boolean =>
        tally(policy_version_id, results, 'mean').completed > 0
      const { divisions, memberships } = start
      const changes = qualify({ divisions, memberships, division, settings }, wasCompleted)
      const others = start.memberships.filter((member) => changes.every((change) => change.membership_id !== member.id))
      return {
        type: 'round_complete',
        results: [{ division_id: division.id, rankings: rankEntrants(entrants, results, { scoring: 'mean' }) }],
        graduation_changes: changes.flatMap(({ membership_id, to_division_id, reason }) =>
          to_division_id === null ? [] : [{ membership_id, to_division_id, reason }],
        ),
        policy_membership_events: activityEvents(others),
        membership_changes: changes,
        round_display: roundDisplay(stage, entrants.length, start.round_id),
        state: null,
      }
    },
  }
}

interface Qualifier {
  readonly divisions: readonly RoundDivision[]
  readonly memberships: readonly RoundMembership[]
  readonly division: RoundDivision
  readonly settings: BaselineSettings
}

/** In the division for newcomers: promotes members that completed an episode, and disqualifies the others. */
function qualify(
  { divisions, memberships, division, settings }: Qualifier,
  wasCompleted: (member: RoundMembership) => boolean,
): MembershipChange[] {
  if (!isQualifier(division, settings)) return []
  const competitions = divisions.filter(({ type }) => (type ?? 'competition') === 'competition').sort(byLevel)
  const entry = competitions.find(({ name }) => name === settings.default_division_name) ?? competitions[0]
  return memberships
    .filter(({ division_id }) => division_id === division.id)
    .map((member) => {
      const isThrough = entry !== undefined && wasCompleted(member)
      return {
        membership_id: member.id,
        from_division_id: division.id,
        to_division_id: isThrough ? entry.id : null,
        is_active: isThrough,
        reason: isThrough ? 'Completed a qualifying episode' : 'Completed no qualifying episode',
      }
    })
}

/** The same outside a round, from its results. */
function completeRound(request: RoundCompletedRequest): Aftermath {
  const { division, all_divisions: divisions, division_memberships: memberships } = request
  const settings = readSettings(request.league.commissioner_config ?? request.commissioner_config)
  const finished = new Set(
    request.round_results.flatMap((result) => (completedEpisodes(result) > 0 ? [result.policy_version_id] : [])),
  )
  const changes = qualify({ divisions, memberships, division, settings }, (member) =>
    finished.has(member.policy_version_id),
  )
  const moved = new Set(changes.map(({ membership_id: id }) => id))
  return {
    policy_membership_events: activityEvents(memberships.filter(({ id }) => !moved.has(id))),
    membership_changes: changes,
    follow_up_rounds: [],
  }
}

function scheduleRounds(request: ScheduleRoundsRequest, now: number): ProposedRound[] {
  const config = request.league.commissioner_config ?? {}
  const settings = readSettings(config)
  const minutes = settings.schedule_interval_minutes
  return request.divisions.flatMap((division): ProposedRound[] => {
    const isWaited = isQualifier(division, settings)
    const minimum = isWaited ? settings.qualifiers_minimum_champions : settings.minimum_champions
    const members = membersFor(division, request.active_memberships, settings)
    if (members.length === 0 || members.length < minimum) return []
    if (!isDue(division.id, request.recent_rounds, { now, minutes })) return []
    const stage = readStage(config, isWaited ? 'qualifier_stages' : 'stages', DEFAULT_STAGE)
    const stages = stage && [
      { label: stage.label, num_episodes: stage.episodes, min_episodes_per_entrant: stage.perEntrant },
    ]
    return [
      {
        division_id: division.id,
        round_config: { mock_scores: null, stages: stages ?? null, entrant_policy_version_ids: null },
        execution_backend: settings.default_execution_backend,
        notes: null,
      },
    ]
  })
}
