// Line-ups of a ruleset round: who plays which slot of which episode, for each of the configured methods.

import { newRating, RATING_SIGMA } from '../../evaluation/statistics/plackett-luce.ts'
import { at, atKey } from '../../kernel/at.ts'
import type { RecentResult } from '../../protocol/commissioner.ts'
import type { RulesetDefaults } from '../../protocol/ruleset.ts'
import { type Draw, RoundRefused } from './commissioner.ts'
import type { Entrant } from './entrants.ts'
import { rateRounds } from './skill.ts'
import { episodeCount, type Stage } from './stage.ts'
import { window } from './windows.ts'

export interface SeatingRequest {
  readonly entrants: readonly Entrant[]
  /** Members of other divisions that may fill slots. */
  readonly fillers: readonly string[]
  readonly stage: Stage
  readonly slots: number
  readonly recentResults: readonly RecentResult[]
  readonly defaults: RulesetDefaults
  readonly draw: Draw
}

type Lineups = string[][]

/** @throws RoundRefused when the entrants cannot fill the slots in the configured way */
export function lineUp(request: SeatingRequest): Lineups {
  const { entrants, stage, slots, defaults } = request
  if (stage.selfPlay) return selfPlay(request)
  if (defaults.seating === 'team_blocks') return teamBlocks(request)
  const isPaired = defaults.seating === 'leaderboard_neighbors'
  if (isPaired && slots !== 2) throw new RoundRefused('leaderboard_neighbors seating requires a two-player variant')
  if (entrants.length < slots && !(isPaired && defaults.fill_seats === 'duplicate')) return fill(request)
  if (isPaired) return leaderboardNeighbors(request)
  if (entrants.length < slots) return fill(request)
  const count = episodeCount(stage, entrants.length, slots)
  const ordered = order(request)
  const windows = (step: number, span: number): Lineups =>
    Array.from({ length: count }, (_, episode) => window(ordered, { episode: episode % span, slots, step }))
  if (defaults.seating === 'baseline_window') return windows(entrants.length > slots ? slots : 1, count)
  // Neighbours in skill: the window does not wrap around from the last to the first.
  if (defaults.seating === 'mmr_neighbors') return windows(1, entrants.length - slots + 1)
  return windows(1, count)
}

/** The order in which windows pass over the entrants. */
function order({ entrants, defaults, draw, recentResults }: SeatingRequest): readonly Entrant[] {
  if (defaults.seating === 'shuffled_window') return shuffle(entrants, draw)
  if (defaults.seating !== 'mmr_neighbors') return entrants
  const means = skillMeans(recentResults)
  const jittered = entrants.map((entrant) => ({
    entrant,
    skill: (means.get(entrant.policyVersionId) ?? newRating().mu) + JITTER * normal(draw),
  }))
  return jittered.sort((a, b) => b.skill - a.skill).map(({ entrant }) => entrant)
}

/** Standard deviation of the jitter: neighbours change a little from round to round. */
const JITTER = RATING_SIGMA / 4
const FINE = 2 ** 31

/** A normal deviate, by the Box-Muller method. */
function normal(draw: Draw): number {
  const one = (draw(FINE) + 1) / (FINE + 1)
  const other = draw(FINE) / FINE
  return Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other)
}

function shuffle<T>(items: readonly T[], draw: Draw): T[] {
  const out = [...items]
  for (let last = out.length - 1; last > 0; last--) {
    const other = draw(last + 1)
    const moved = at(out, last)
    out[last] = at(out, other)
    out[other] = moved
  }
  return out
}

/** The mean skill of every policy in recent rounds, oldest first. */
export function skillMeans(results: readonly RecentResult[]): Map<string, number> {
  const rounds = new Map<string, RecentResult[]>()
  for (const result of results) rounds.set(result.round_id, [...(rounds.get(result.round_id) ?? []), result])
  const ordered = [...rounds.values()].sort((a, b) => at(a, 0).round_number - at(b, 0).round_number)
  const skills = rateRounds(
    ordered.map((round) =>
      round.map(({ policy_version_id: policyVersionId, rank, score }) => ({
        policyVersionId,
        playerId: null,
        rank,
        score,
      })),
    ),
  )
  return new Map([...skills].map(([id, { rating }]) => [id, rating.mu]))
}

function selfPlay({ entrants, stage, slots }: SeatingRequest): Lineups {
  const each = stage.perEntrant ?? stage.episodes
  return entrants.flatMap(({ policyVersionId }) =>
    Array.from({ length: each }, () => Array.from({ length: slots }, () => policyVersionId)),
  )
}

/** With fewer entrants than slots, all of them are in every episode, and fillers take the remaining slots. */
function fill(request: SeatingRequest): Lineups {
  const { stage, slots, fillers, defaults } = request
  const entrants = order(request).map(({ policyVersionId }) => policyVersionId)
  if (defaults.fill_seats === 'strict') throw new RoundRefused(`not enough primary entries to fill ${slots} slots`)
  const isFilled = defaults.fill_seats === 'fill_from_divisions' && fillers.length > 0
  if (defaults.fill_seats === 'fill_from_divisions' && !isFilled && !defaults.duplicate_after_fill) {
    throw new RoundRefused(`not enough entries to fill ${slots} slots`)
  }
  const rest = isFilled ? fillers : entrants
  const count = episodeCount(stage, entrants.length, slots)
  return Array.from({ length: count }, (_, episode) =>
    Array.from({ length: slots }, (_, slot) =>
      slot < entrants.length ? at(entrants, slot) : at(rest, (slot - entrants.length + episode) % rest.length),
    ),
  )
}

/** Each team is one entrant on neighbouring slots. Consecutive entrants play together, and the teams change places. */
function teamBlocks({ entrants, stage, slots, defaults }: SeatingRequest): Lineups {
  const teams = defaults.team_count
  if (slots % teams !== 0) throw new RoundRefused(`team_blocks seating requires num_agents divisible by ${teams}`)
  if (entrants.length < teams) throw new RoundRefused(`team_blocks seating requires at least ${teams} entries`)
  const size = slots / teams
  return Array.from({ length: episodeCount(stage, entrants.length, teams) }, (_, episode) => {
    const lineup = window(entrants, { episode, slots: teams, step: teams })
    return Array.from({ length: slots }, (_, slot) => at(lineup, (Math.floor(slot / size) + episode) % teams))
  })
}

/** Two-slot games: each entrant plays its nearest neighbours, those below it first. */
function leaderboardNeighbors({ entrants, stage, recentResults }: SeatingRequest): Lineups {
  const means = recentMeans(recentResults)
  const ids = entrants.map(({ policyVersionId }) => policyVersionId)
  const sorted = ids.toSorted((a, b) => (means.get(b) ?? 0) - (means.get(a) ?? 0))
  const wanted = stage.perEntrant ?? stage.episodes
  return sorted.flatMap((id, place) => {
    const below = sorted.slice(place + 1)
    const above = sorted.slice(0, place).reverse()
    const rivals = neighbours(below, above, wanted)
    if (rivals.length === 0) return []
    return Array.from({ length: wanted }, (_, episode) => [id, at(rivals, episode % rivals.length)])
  })
}

function neighbours(below: readonly string[], above: readonly string[], wanted: number): string[] {
  const under = below.slice(0, Math.ceil(wanted / 2))
  const over = above.slice(0, Math.floor(wanted / 2))
  const more = [...below.slice(under.length), ...above.slice(over.length)]
  return [...under, ...over, ...more].slice(0, wanted)
}

function recentMeans(results: readonly RecentResult[]): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const { policy_version_id: id, score } of results) {
    const { sum, count } = sums.get(id) ?? { sum: 0, count: 0 }
    sums.set(id, { sum: sum + score, count: count + 1 })
  }
  return new Map(
    [...sums.keys()].map((id) => {
      const { sum, count } = atKey(sums, id)
      return [id, sum / count]
    }),
  )
}
