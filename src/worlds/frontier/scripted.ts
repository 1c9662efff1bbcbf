// A sensible bot: it looks after itself first, then follows one quest after another using the guide. It remembers what
// it has tried, what it found empty and what it believes it carries. All of this follows from its observations, so the
// same observations produce the same decisions.
import type { Bot } from '../../kernel/world.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import type { Goal } from './content/shape.ts'
import type { Guide, GuidedQuest, Spot } from './guide.ts'
import type { CommandView, FrontierObservation } from './perceive.ts'

type PerceptionBody = FrontierObservation['perception']
type Nearby = PerceptionBody['nearby_entities'][number]

/** Health below which it treats its wounds, and below which it leaves a fight. */
const SORE_PERCENT = 55
const WEAK_PERCENT = 30
/** Duration of a rest, in seconds. */
const REST_SECONDS = 1800
/** Ticks without progress after which a quest goes to the end of the queue. */
const PATIENCE = 500
/** Items that it wears or wields when it gets them: id by name. */
const WORN: Readonly<Record<string, string>> = {
  'Slate-cutter’s blade': 'cutter-blade',
  'Drover’s coat': 'drover-coat',
}

interface Mind {
  /** Number of bandages that it should have. */
  bandages: number
  flasks: number
  /** Ids of items that it has received but not yet put on. */
  readonly spare: string[]
  /** Things and containers that it has searched or found gone, with the tick. */
  readonly searched: Map<string, number>
  /** Quests that cannot be started, or no longer can. */
  readonly closed: Set<string>
  /** By quest: the stage, and the tick at which it was first seen. */
  readonly stages: Map<string, { stage: number; since: number }>
  last: AgentCommand | undefined
  lastQuest: string | undefined
  fled: number
}

export function createScripted(guide: Guide): Bot<FrontierObservation, AgentCommand> {
  const mind: Mind = {
    bandages: 2,
    flasks: 0,
    spare: [],
    searched: new Map(),
    closed: new Set(),
    stages: new Map(),
    last: undefined,
    lastQuest: undefined,
    fled: 0,
  }
  const decide = (seen: FrontierObservation): AgentCommand | undefined => {
    const { command, perception } = seen
    if (command?.status === 'accepted' || command?.status === 'running' || perception.health.current === 0) {
      return undefined
    }
    if (command) learn(mind, command, seen.tick)
    mind.lastQuest = undefined
    const next = survive(mind, perception) ?? equip(mind, seen) ?? follow(guide, mind, seen) ?? REST
    mind.last = next
    return next
  }
  return { decide }
}

const REST: AgentCommand = { command: 'wait', params: { duration_seconds: REST_SECONDS } }

/** Learns from the outcome of its last command. */
function learn(mind: Mind, { status, outcome, code }: CommandView, tick: number): void {
  const { last } = mind
  if (!last) return
  if (last.command === 'use_item') {
    const { item_id: item } = last.params
    if (mind.spare[0] === item) mind.spare.shift()
    else if (item === 'bandage' && status === 'done') mind.bandages--
    else if (item === 'bandage' && code === 'NOT_CARRIED') mind.bandages = 0
  }
  if (last.command === 'combat_action' && last.params.action_type === 'cast') {
    if (status === 'done') mind.flasks--
    else if (code === 'NOT_CARRIED') mind.flasks = 0
  }
  if (last.command === 'move_to' && last.params.entity_id !== undefined && code === 'NO_PATH') {
    mind.searched.set(last.params.entity_id, tick)
  }
  if (last.command === 'interact' && code !== 'OUT_OF_REACH') mind.searched.set(last.params.entity_id, tick)
  if (last.command === 'dialogue' && code === 'NO_TOPIC' && mind.lastQuest !== undefined)
    mind.closed.add(mind.lastQuest)
  if (status === 'done') noteGains(mind, outcome)
  mind.last = undefined
}

/** Outcomes name received items: `1 × Roll of bandage`, `You take: Ember flask`. */
function noteGains(mind: Mind, outcome: string): void {
  const isGain = /receive|you take/i.test(outcome)
  if (!isGain) return
  const count = (name: string): number => {
    const counted = new RegExp(`(\\d+) × ${name}`).exec(outcome)
    return counted ? Number(counted[1]) : outcome.includes(`You take: ${name}`) ? 1 : 0
  }
  mind.bandages += count('Roll of bandage')
  mind.flasks += count('Ember flask')
  for (const [name, id] of Object.entries(WORN)) if (count(name) > 0) mind.spare.push(id)
}

/** Fights attackers and heals itself. */
function survive(mind: Mind, perception: PerceptionBody): AgentCommand | undefined {
  const { current, max } = perception.health
  const percent = Math.floor((current * 100) / max)
  const foe = perception.nearby_entities.find((each) => each.entity_type === 'creature')
  if (perception.environment.is_combat && foe) {
    if (percent < WEAK_PERCENT && mind.bandages > 0) return use('bandage')
    if (percent < WEAK_PERCENT && mind.fled < 2) {
      mind.fled++
      return { command: 'combat_action', params: { action_type: 'flee' } }
    }
    return fight(mind, foe)
  }
  mind.fled = 0
  if (percent >= SORE_PERCENT) return undefined
  return mind.bandages > 0 ? use('bandage') : REST
}

function fight(mind: Mind, foe: Nearby): AgentCommand {
  const target_entity_id = foe.entity_id
  if (mind.flasks > 0 && foe.distance <= 5)
    return { command: 'combat_action', params: { action_type: 'cast', target_entity_id } }
  if (foe.distance <= 1) return { command: 'combat_action', params: { action_type: 'attack', target_entity_id } }
  return { command: 'combat_action', params: { action_type: 'block', target_entity_id } }
}

function use(item_id: string): AgentCommand {
  return { command: 'use_item', params: { item_id } }
}

/** Picks up and puts on useful items on its way. */
function equip(mind: Mind, seen: FrontierObservation): AgentCommand | undefined {
  const spare = mind.spare[0]
  if (spare !== undefined) return use(spare)
  for (const each of seen.perception.nearby_entities) {
    if (mind.searched.has(each.entity_id) || each.distance > 8) continue
    const isUseful = each.entity_type === 'container' || (each.entity_type === 'item' && !each.name.includes('reed'))
    if (isUseful && seen.perception.inventory_summary.encumbrance_pct < 0.5) return reachFor(each)
  }
  return undefined
}

/** Takes or opens a target within reach; otherwise walks there. */
function reachFor(each: Nearby): AgentCommand {
  return each.distance <= 1
    ? { command: 'interact', params: { entity_id: each.entity_id, interaction_type: 'take' } }
    : { command: 'move_to', params: { entity_id: each.entity_id } }
}

/** The next action for the first quest in the queue. */
function follow(guide: Guide, mind: Mind, seen: FrontierObservation): AgentCommand | undefined {
  const { quest, goal } = choose(guide, mind, seen) ?? {}
  if (!quest || !goal) return undefined
  mind.lastQuest = quest.id
  return pursue(guide, mind, seen, goal)
}

function choose(guide: Guide, mind: Mind, seen: FrontierObservation): { quest: GuidedQuest; goal: Goal } | undefined {
  const late: { quest: GuidedQuest; goal: Goal }[] = []
  for (const quest of guide.quests) {
    const active = seen.perception.active_quests.find((each) => each.quest_id === quest.id)
    const stage = active?.stage ?? 0
    const known = mind.stages.get(quest.id)
    if (!active && ((known && known.stage > 0) || mind.closed.has(quest.id))) continue
    if (known?.stage !== stage) mind.stages.set(quest.id, { stage, since: seen.tick })
    const goal = stage === 0 ? quest.start : quest.goals.get(stage)
    if (!goal) continue
    if (seen.tick - (mind.stages.get(quest.id)?.since ?? seen.tick) < PATIENCE) return { quest, goal }
    late.push({ quest, goal })
  }
  return late[0]
}

function pursue(guide: Guide, mind: Mind, seen: FrontierObservation, goal: Goal): AgentCommand | undefined {
  switch (goal.act) {
    case 'ask':
      return approach(seen, guide.spots.get(goal.person), 2) ?? ask(goal)
    case 'gather':
      return gather(guide.finds.get(goal.item) ?? [], mind, seen)
    case 'slay':
      return (
        approach(seen, guide.spots.get(goal.creature), 1) ?? {
          command: 'combat_action',
          params: { action_type: 'attack', target_entity_id: goal.creature },
        }
      )
    case 'search':
      return (
        approach(seen, guide.spots.get(goal.container), 1) ?? {
          command: 'interact',
          params: { entity_id: goal.container, interaction_type: 'open' },
        }
      )
    case 'go':
      return { command: 'move_to', params: { target_cell: goal.cell } }
  }
}

function ask({ person, topic, choice }: Extract<Goal, { act: 'ask' }>): AgentCommand {
  const choice_idx = choice === undefined ? {} : { choice_idx: choice }
  return { command: 'dialogue', params: { entity_id: person, topic, ...choice_idx } }
}

/** A walk to an entity, or undefined when it is within `reach`. */
function approach(
  { perception }: FrontierObservation,
  spot: Spot | undefined,
  reach: number,
): AgentCommand | undefined {
  if (!spot) return undefined
  const near = perception.nearby_entities.find((each) => each.entity_id === spot.id)
  if (near) return near.distance <= reach ? undefined : { command: 'move_to', params: { entity_id: spot.id } }
  return { command: 'move_to', params: { target_cell: spot.cell, target_x: spot.x, target_y: spot.y } }
}

/** The target if visible; otherwise the next one not yet searched today. */
function gather(finds: readonly Spot[], mind: Mind, seen: FrontierObservation): AgentCommand | undefined {
  const { location, nearby_entities } = seen.perception
  for (const each of nearby_entities) if (finds.some((spot) => spot.id === each.entity_id)) return reachFor(each)
  const next = finds.find((spot) => seen.tick - (mind.searched.get(spot.id) ?? -1000) >= 1000)
  if (!next) return REST
  if (location.cell === next.cell && location.x === next.x && location.y === next.y) {
    mind.searched.set(next.id, seen.tick)
    return gather(finds, mind, seen)
  }
  return { command: 'move_to', params: { target_cell: next.cell, target_x: next.x, target_y: next.y } }
}
