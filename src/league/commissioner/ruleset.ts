// The ruleset commissioner: a configuration decides who plays when, how slots are filled, and which members move
// (section 9.6).
import type { RoundDivision, RoundMembership, RoundStart } from '../../protocol/commissioner.ts'
import type {
  ProposedRound,
  RoundCompletedRequest,
  ScheduleRoundsRequest,
} from '../../protocol/commissioner-requests.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { RulesetConfig } from '../../protocol/ruleset.ts'
import {
  type Aftermath,
  type Commissioner,
  type Draw,
  type PlannedRound,
  RoundRefused,
  roundSettings,
} from './commissioner.ts'
import { describeSchedule } from './describe.ts'
import { chooseDivision, chooseVariant, listedEntrants, orderListed, slotCount, toEntrants } from './entrants.ts'
import { rankByMean, rankByRating } from './leaderboard.ts'
import { activityEvents } from './members.ts'
import { rankEntrants, resultsInOrder } from './round-score.ts'
import { isMatch, isSelected, type Rule, rulesFor } from './rules.ts'
import { divisionsOf, migrateMembers } from './ruleset-migration.ts'
import { lineUp } from './seating.ts'
import { isDue } from './slots.ts'
import { readStage, roundDisplay, toEpisodes } from './stage.ts'
import { durationOf, throttleOf } from './throttle.ts'
import { observeEpisodes, observeResults, transitionEvents } from './transitions.ts'

const KINDS = { mean: 'mean_round_score', rank: 'rank_episode_round_score', win: 'win_episode_round_score' } as const
const MECHANICS = {
  mean: 'Mean score over all slots of all completed episodes.',
  rank: 'In each episode a slot earns one point for itself and for every slot that did not score more.',
  win: 'In each episode every top scorer earns 1, all others 0.',
} as const

export function createRuleset(config: RulesetConfig): Commissioner {
  const scoring = config.scoring?.round_score ?? 'mean'
  const kind = config.scoring ? KINDS[scoring] : undefined
  const { type = 'ewma', half_life_hours: halfLifeHours = 2 } = config.scoring?.leaderboard ?? {}
  return {
    key: 'ruleset',
    planRound: (start, draw) => planRound({ config, scoring, kind }, start, draw),
    scheduleRounds: (request, now) => scheduleRounds(config, request, now),
    rankDivision: (request) =>
      type === 'mmr' ? rankByRating(request, kind) : rankByMean(request, { halfLifeHours, kind }),
    describeDivision: ({ division }, now) => ({
      ...describeSchedule(config.schedule_interval_minutes, now),
      round_structure: rulesFor(config, division)
        .toReversed()
        .map(({ stage }) => `${stage.label}: ${stage.episodes} episodes at least`)
        .join('; '),
      leaderboard_rules:
        type === 'mmr'
          ? 'Plackett-Luce rating over rounds, shown as mu - 3 sigma; placed after 5 rounds.'
          : `Weighted mean of each player’s best round results; a result counts half after ${halfLifeHours} hours.`,
      scoring_mechanics: config.scoring?.mechanics ?? MECHANICS[scoring],
    }),
    completeRound: (request) => completeRound(config, request),
    divisions: () => divisionsOf(config),
    migrate: (request) => migrateMembers(divisionsOf(config), request),
  }
}

interface Ruleset {
  readonly config: RulesetConfig
  readonly scoring: keyof typeof KINDS
  readonly kind: string | undefined
}

const membersOf = (rule: Rule, division: RoundDivision, members: readonly RoundMembership[]): RoundMembership[] =>
  members.filter((member) => member.division_id === division.id && rule.isEntrant(member))

function planRound({ config, scoring, kind }: Ruleset, start: RoundStart, draw: Draw): PlannedRound {
  const { round } = roundSettings(start)
  const division = chooseDivision(start, [round], ['current_division_id', 'division_id'])
  const variant = chooseVariant(start, [round])
  const rule = rulesFor(config, division).find((each) => membersOf(each, division, start.memberships).length > 0)
  if (!rule) throw new RoundRefused('pool must have at least one entry')
  const listed = listedEntrants([round])
  const entrants = orderListed(toEntrants(membersOf(rule, division, start.memberships)), listed)
  const stage = readStage(round, 'stages', rule.stage) ?? rule.stage
  const gameConfig = rule.config && { ...variant.game_config, ...rule.config }
  const lineups = lineUp({
    entrants,
    fillers: fillersOf(
      config,
      start,
      entrants.map(({ policyVersionId }) => policyVersionId),
    ),
    stage,
    slots: slotCount(gameConfig ?? variant.game_config, entrants.length),
    recentResults: start.recent_results,
    defaults: config.defaults,
    draw,
  })
  const episodes = toEpisodes(lineups, { variantId: variant.id, roundId: start.round_id, config: gameConfig }, draw)
  return {
    episodes,
    throttle: throttleFor(config, gameConfig ?? variant.game_config),
    complete(settlements) {
      const results = resultsInOrder(settlements)
      const { divisions, memberships } = start
      const observe = observeEpisodes(episodes, settlements)
      const events = transitionEvents({ config, rule, division, divisions, memberships, observe })
      const moved = new Set(events.map((event) => event.league_policy_membership_id))
      const others = memberships.filter((member) => member.division_id === division.id && !moved.has(member.id))
      const ranked = rankEntrants(entrants, results, { scoring, kind })
      return {
        type: 'round_complete',
        results: [{ division_id: division.id, rankings: ranked }],
        graduation_changes: events.flatMap(
          ({ league_policy_membership_id, from_division_id, to_division_id, reason }) =>
            to_division_id === null || to_division_id === from_division_id
              ? []
              : [{ membership_id: league_policy_membership_id, to_division_id, reason }],
        ),
        policy_membership_events: [...events, ...activityEvents(others)],
        membership_changes: [],
        round_display: roundDisplay(stage, entrants.length, start.round_id),
        state: null,
      }
    },
  }
}

function throttleFor({ dispatch_throttle: throttle }: RulesetConfig, gameConfig: JsonObject) {
  return throttle.enabled ? throttleOf(throttle, durationOf(gameConfig)) : undefined
}

/** Members of other divisions that may fill slots: from the sources in order, each policy once. */
function fillersOf({ defaults }: RulesetConfig, start: RoundStart, entrants: readonly string[]): string[] {
  const found = defaults.fill_from.flatMap(({ match, entrants: selector }) => {
    const ids = start.divisions.filter((division) => isMatch(match, division)).map(({ id }) => id)
    return start.memberships.filter(
      (member) => ids.includes(member.division_id) && isSelected(member, selector ?? 'champions', undefined),
    )
  })
  const ids = new Set(found.map(({ policy_version_id: id }) => id))
  for (const id of entrants) ids.delete(id)
  return [...ids]
}

function scheduleRounds(config: RulesetConfig, request: ScheduleRoundsRequest, now: number): ProposedRound[] {
  const minutes = config.schedule_interval_minutes
  return request.divisions.flatMap((division): ProposedRound[] => {
    if (!isDue(division.id, request.recent_rounds, { now, minutes })) return []
    const rule = rulesFor(config, division).find(({ minimum, ...each }) => {
      const members = membersOf({ minimum, ...each }, division, request.active_memberships)
      return toEntrants(members).length >= minimum
    })
    if (!rule) return []
    const entrants = toEntrants(membersOf(rule, division, request.active_memberships))
    const { label, episodes, perEntrant } = rule.stage
    return [
      {
        division_id: division.id,
        round_config: {
          mock_scores: null,
          stages: [{ label, num_episodes: episodes, min_episodes_per_entrant: perEntrant }],
          entrant_policy_version_ids: entrants.map(({ policyVersionId }) => policyVersionId),
        },
        execution_backend: config.backend,
        notes: null,
      },
    ]
  })
}

/** What follows from the stored results of a round. */
function completeRound(config: RulesetConfig, request: RoundCompletedRequest): Aftermath {
  const { division, all_divisions: divisions, division_memberships: memberships } = request
  const rule = rulesFor(config, division).find((each) => membersOf(each, division, memberships).length > 0)
  const observe = observeResults(request.round_results)
  const events = rule ? transitionEvents({ config, rule, division, divisions, memberships, observe }) : []
  const moved = new Set(events.map((event) => event.league_policy_membership_id))
  return {
    policy_membership_events: [...events, ...activityEvents(memberships.filter(({ id }) => !moved.has(id)))],
    membership_changes: [],
    follow_up_rounds: [],
  }
}
