// The invariants of a state: loading checks them, and the tests try to break them.
import type { Atlas } from './atlas.ts'
import { CAPACITY, goldAtStart, goldInWorld, itemsAtStart, itemsInWorld, loadOf } from './inventory.ts'
import type { Agent, FrontierState, Items } from './state.ts'
import { isOpen } from './terrain.ts'

/** Every invariant that the state violates, as a sentence; empty if the state is valid. */
export function findViolations(atlas: Atlas, state: FrontierState): string[] {
  const violations = shapeViolations(atlas, state)
  if (violations.length > 0) return violations
  for (const [slot, agent] of state.agents.entries()) violations.push(...agentViolations(atlas, state, agent, slot))
  violations.push(...creatureViolations(atlas, state), ...stockViolations(atlas, state))
  return violations
}

function shapeViolations(atlas: Atlas, state: FrontierState): string[] {
  const violations: string[] = []
  const lengths = [
    ['creatures', state.creatures.length, atlas.creatures.length],
    ['containers', state.containers.length, atlas.containers.length],
    ['things', state.things.length, atlas.things.length],
  ] as const
  for (const [what, found, expected] of lengths) {
    if (found !== expected) violations.push(`${what}: expected ${expected}, found ${found}`)
  }
  if (state.tick > state.max_ticks) violations.push('tick: lies behind max_ticks')
  for (const quest in state.quests) {
    const stages = atlas.quests.get(quest)?.stages
    const stage = state.quests[quest]
    if (!stages || (stage !== 0 && !stages.some((row) => row.stage === stage))) {
      violations.push(`quests: ${quest} has no stage ${stage}`)
    }
  }
  for (const lock of state.unlocked) {
    const row = atlas.doors.get(lock) ?? atlas.containers.find((each) => each.id === lock)
    if (row?.key === undefined) violations.push(`unlocked: ${lock} has no lock`)
  }
  for (const stream of [state.random.weather, state.random.combat]) {
    if (stream.every((word) => word === 0)) violations.push('random: a generator of zeros draws only zeros')
  }
  return violations
}

function agentViolations(atlas: Atlas, state: FrontierState, agent: Agent, slot: number): string[] {
  const violations: string[] = []
  const say = (what: string): void => void violations.push(`agents[${slot}]: ${what}`)
  const place = atlas.places.get(agent.cell)
  if (!place || !isOpen(place.ground, agent.x, agent.y))
    say(`nobody can stand at ${agent.x}, ${agent.y} of ${agent.cell}`)
  if (loadOf(atlas, agent.items) > CAPACITY) say('carries more than it can')
  if (agent.health === 0 && agent.down === 0) say('is on its feet without health')
  for (const held of [agent.weapon, agent.armour]) {
    if (held !== null && !Object.hasOwn(agent.items, held)) say(`holds ${held} without having it`)
  }
  if (agent.talking !== null && !atlas.people.has(agent.talking)) say(`talks with nobody called ${agent.talking}`)
  for (const person in agent.regard) if (!atlas.people.has(person)) say(`is regarded by nobody called ${person}`)
  for (const { slot: by } of agent.heard) if (by >= state.agents.length) say('has heard nobody')
  if (new Set(agent.discovered).size !== agent.discovered.length) say('has discovered a cell twice')
  for (const cell of agent.discovered) if (!atlas.places.has(cell)) say(`has discovered ${cell}, which is no cell`)
  violations.push(...workViolations(atlas, state, agent).map((what) => `agents[${slot}]: ${what}`))
  return violations
}

/** A command and its task must match. */
function workViolations(atlas: Atlas, state: FrontierState, agent: Agent): string[] {
  const violations: string[] = []
  const say = (what: string): void => void violations.push(what)
  const place = atlas.places.get(agent.cell)
  const { command, task } = agent
  if (command && command.number > state.commands) say('has a command that was never accepted')
  const isOpenCommand = command !== null && command.ended_at === null
  if (command && isOpenCommand !== (command.status === 'accepted' || command.status === 'running')) {
    say('has a command that has ended and not ended')
  }
  if ((task !== null) !== (command?.status === 'running')) say('works without a running command, or the reverse')
  if (task) {
    for (const tile of task.path) if ((place?.ground.cost[tile] ?? 0) === 0) say('is on its way through a wall')
    const goal = task.goal && atlas.places.get(task.goal.cell)
    if (task.goal && !goal) say(`is on its way to ${task.goal.cell}, which is no cell`)
    if ((task.goal !== null) !== (command?.command.command === 'move_to')) say('has a goal without walking there')
  }
  return violations
}

function creatureViolations(atlas: Atlas, state: FrontierState): string[] {
  return state.creatures.flatMap((creature, index) => {
    const row = atlas.creatures[index]
    const place = row && atlas.places.get(row.cell)
    const violations: string[] = []
    if (!row || !place) return violations
    if (!isOpen(place.ground, creature.x, creature.y)) violations.push(`${row.id}: stands in a wall`)
    if (creature.health > row.health) violations.push(`${row.id}: has more health than it can`)
    if (creature.target >= state.agents.length) violations.push(`${row.id}: has turned on nobody`)
    return violations
  })
}

function stockViolations(atlas: Atlas, state: FrontierState): string[] {
  const violations: string[] = []
  const slots = state.agents.length
  const now = itemsInWorld(atlas, state)
  const start = itemsAtStart(atlas, slots)
  const known = new Set([
    ...Object.keys(now),
    ...Object.keys(start),
    ...Object.keys(state.made),
    ...Object.keys(state.spent),
  ])
  const of = (items: Readonly<Items>, item: string): number => (Object.hasOwn(items, item) ? (items[item] ?? 0) : 0)
  for (const item of known) {
    if (!atlas.items.has(item)) violations.push(`items: there is no item ${item}`)
    if (of(now, item) + of(state.spent, item) !== of(start, item) + of(state.made, item)) {
      violations.push(`items: ${item}: what is there and what was spent is not what there was and what was made`)
    }
  }
  if (goldInWorld(state) + state.gold_spent !== goldAtStart(atlas, slots) + state.gold_made) {
    violations.push('gold: what is there and what was spent is not what there was and what was made')
  }
  return violations
}
