// The standings: what each agent has earned by quests, gold, discovery and survival.

import { z } from 'zod'
import { at } from '../../kernel/at.ts'
import { Results } from '../../protocol/episode.ts'
import { type FrontierState, MAX_SLOTS } from './state.ts'

/** Gold per point. */
const GOLD_A_POINT = 5
/** Points for every cell that an agent has visited beyond the first. */
const DISCOVERY_POINTS = 2
const SURVIVAL_POINTS = 20
const FALL_POINTS = 10

const bySlot = z.array(z.int().min(0)).min(1).max(MAX_SLOTS)

export const FrontierResults = Results.extend({
  /** The sum of the next four. */
  scores: bySlot,
  quest_points: bySlot.describe('Points of the stages that the slot reached.'),
  gold_points: bySlot.describe(`A point for every ${GOLD_A_POINT} gold in hand.`),
  discovery_points: bySlot.describe(`${DISCOVERY_POINTS} for every cell beyond the first.`),
  survival_points: bySlot.describe(`${SURVIVAL_POINTS}, less ${FALL_POINTS} for every fall, 0 at least.`),
  gold: bySlot,
  kills: bySlot,
  deaths: bySlot,
  quests: z.record(z.string(), z.int().min(0)).describe('By quest: the stage it has come to; 0: not begun.'),
  ticks: z.int().min(0),
})

export function standingOf(state: FrontierState): z.infer<typeof FrontierResults> {
  const { agents } = state
  const quest_points = agents.map((agent) => agent.quest_points)
  const gold_points = agents.map((agent) => Math.floor(agent.gold / GOLD_A_POINT))
  const discovery_points = agents.map((agent) => (agent.discovered.length - 1) * DISCOVERY_POINTS)
  const survival_points = agents.map((agent) => Math.max(0, SURVIVAL_POINTS - agent.deaths * FALL_POINTS))
  return {
    scores: agents.map(
      (_, slot) =>
        at(quest_points, slot) + at(gold_points, slot) + at(discovery_points, slot) + at(survival_points, slot),
    ),
    quest_points,
    gold_points,
    discovery_points,
    survival_points,
    gold: agents.map((agent) => agent.gold),
    kills: agents.map((agent) => agent.kills),
    deaths: agents.map((agent) => agent.deaths),
    quests: { ...state.quests },
    ticks: state.tick,
  }
}
