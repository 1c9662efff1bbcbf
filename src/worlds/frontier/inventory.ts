// Items and gold: who holds what, its weight, and the totals that enter and leave the world. Nothing is ever lost:
// carried + lying + kept + spent = start + made, for every item and for gold.
import type { Atlas } from './atlas.ts'
import type { Actor, Scene } from './scene.ts'
import type { Agent, FrontierState, Items } from './state.ts'

/** Maximum weight that an agent can carry. */
export const CAPACITY = 60
/** Percentage of the capacity above which every tile takes twice as long. */
const LADEN_PERCENT = 75

export function countOf(items: Readonly<Items>, item: string): number {
  return items[item] ?? 0
}

/** Adds `count`, or removes it when negative. The caller ensures that enough is there. */
export function addItem(items: Items, item: string, count: number): void {
  const now = countOf(items, item) + count
  if (now === 0) delete items[item]
  else items[item] = now
}

export function loadOf(atlas: Atlas, items: Readonly<Items>): number {
  let load = 0
  for (const { id, weight } of atlas.content.items) {
    const count = items[id]
    if (count !== undefined) load += weight * count
  }
  return load
}

export function itemCount(items: Readonly<Items>): number {
  let count = 0
  for (const item in items) count += countOf(items, item)
  return count
}

export function isLaden(atlas: Atlas, agent: Agent): boolean {
  return loadOf(atlas, agent.items) * 100 > CAPACITY * LADEN_PERCENT
}

/** How many of `item` the agent can still lift. */
export function roomFor(atlas: Atlas, agent: Agent, item: string): number {
  const weight = atlas.items.get(item)?.weight ?? 1
  return Math.max(0, Math.floor((CAPACITY - loadOf(atlas, agent.items)) / weight))
}

/** Creates items for an agent. The caller ensures that the agent can carry the final load. */
export function makeItems(scene: Scene, { self }: Actor, item: string, count: number): void {
  addItem(self.items, item, count)
  addItem(scene.state.made, item, count)
}

/** Removes an agent's items from the world. Items that it no longer has are no longer wielded. */
export function spendItems(scene: Scene, { self }: Actor, item: string, count: number): void {
  addItem(self.items, item, -count)
  addItem(scene.state.spent, item, count)
  dropHeld(self, item)
}

/** Stops wielding or wearing an item that the agent no longer has. */
export function dropHeld(self: Agent, item: string): void {
  if (countOf(self.items, item) > 0) return
  if (self.weapon === item) self.weapon = null
  if (self.armour === item) self.armour = null
}

export function earnGold(state: FrontierState, agent: Agent, amount: number): void {
  agent.gold += amount
  state.gold_made += amount
}

/** The caller ensures that the agent has the gold. */
export function spendGold(state: FrontierState, agent: Agent, amount: number): void {
  agent.gold -= amount
  state.gold_spent += amount
}

/** Total of each item: with agents, on the ground, in containers and on creatures. */
export function itemsInWorld(atlas: Atlas, state: FrontierState): Items {
  const all: Items = {}
  const holders = [...state.agents, ...state.creatures, ...state.containers]
  for (const { items } of holders) for (const item in items) addItem(all, item, countOf(items, item))
  for (const [index, there] of state.things.entries()) {
    const item = atlas.things[index]?.item
    if (there === 1 && item !== undefined) addItem(all, item, 1)
  }
  return all
}

/** Total of each item at the start. */
export function itemsAtStart(atlas: Atlas, slots: number): Items {
  const all: Items = {}
  const { start, creatures, containers, things } = atlas.content
  const stocks = [...creatures.map((row) => row.loot), ...containers.map((row) => row.items)]
  for (const stock of stocks) for (const [item, count] of Object.entries(stock)) addItem(all, item, count)
  for (const { item } of things) addItem(all, item, 1)
  for (const [item, count] of Object.entries(start.items)) addItem(all, item, count * slots)
  return all
}

/** Total gold in the world. */
export function goldInWorld(state: FrontierState): number {
  let gold = 0
  for (const holder of [...state.agents, ...state.creatures, ...state.containers]) gold += holder.gold
  return gold
}

export function goldAtStart(atlas: Atlas, slots: number): number {
  let gold = slots * atlas.content.start.gold
  for (const row of [...atlas.creatures, ...atlas.containers]) gold += row.gold
  return gold
}
