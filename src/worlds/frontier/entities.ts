// The entities that an agent can notice, with their positions: people, creatures, items, doors, containers and other
// agents of its cell within its range of perception. Commands can refer only to these.
import type { Atlas, Place } from './atlas.ts'
import { placeOf } from './atlas.ts'
import type { ContainerRow, CreatureRow, DoorRow, ItemRow, PersonRow } from './content/shape.ts'
import { isNight } from './day.ts'
import { itemCount } from './inventory.ts'
import type { Actor, Failure, Scene } from './scene.ts'
import { fail } from './scene.ts'
import type { Agent, Creature, FrontierState, Items } from './state.ts'
import { distanceOf } from './terrain.ts'

interface Standing {
  readonly id: string
  readonly name: string
  readonly x: number
  readonly y: number
  readonly text: string
}

/** An entity whose contents can be taken. */
export interface Stock {
  items: Items
  gold: number
}

export type Entity = Standing &
  (
    | { readonly kind: 'person'; readonly row: PersonRow }
    | { readonly kind: 'agent'; readonly slot: number; readonly agent: Agent }
    | { readonly kind: 'creature'; readonly row: CreatureRow; readonly creature: Creature }
    | { readonly kind: 'item'; readonly item: ItemRow; readonly index: number }
    | { readonly kind: 'door'; readonly row: DoorRow }
    | { readonly kind: 'container'; readonly row: ContainerRow | CreatureRow; readonly stock: Stock }
  )

/** Reach of a hand, in tiles; voices carry one tile further. */
export const REACH = 1
export const VOICE = 2

/** Range of perception in tiles: 12 indoors; 10 outdoors, less at night and in bad weather, and at least 4. */
export function rangeOf(state: FrontierState, place: Place): number {
  if (place.isInterior) return 12
  const dark = isNight(state.tick) ? 4 : 0
  const weather = state.weather === 'fog' ? 5 : state.weather === 'storm' ? 3 : state.weather === 'rain' ? 1 : 0
  return Math.max(4, 10 - dark - weather)
}

export function agentId(slot: number): string {
  return `agent-${slot}`
}

export function agentName(slot: number): string {
  return `Traveller ${slot + 1}`
}

/** A dead creature that carries nothing any more is no longer visible. */
export function isCarcass(creature: Creature): boolean {
  return creature.health === 0 && (creature.gold > 0 || itemCount(creature.items) > 0)
}

/** Finds the entity that a command refers to. */
export function findEntity(scene: Scene, { self, slot }: Actor, id: string): Entity | Failure {
  const { atlas, state } = scene
  const place = placeOf(atlas, self.cell)
  const found = findStatic(place, id) ?? findMoving(atlas, state, place, id) ?? findAgent(state, self.cell, id)
  const isNear = found && distanceOf(self.x, self.y, found.x, found.y) <= rangeOf(state, place)
  if (!isNear || (found.kind === 'agent' && found.slot === slot)) {
    return fail('NOT_HERE', `There is nothing called ${id} in sight.`)
  }
  return found
}

function findStatic(place: Place, id: string): Entity | undefined {
  const person = place.people.find((row) => row.id === id)
  if (person) return { ...person, kind: 'person', row: person }
  const door = place.doors.find((row) => row.id === id)
  return door ? { ...door, kind: 'door', row: door } : undefined
}

function findMoving(atlas: Atlas, state: FrontierState, place: Place, id: string): Entity | undefined {
  for (const index of place.creatures) {
    const row = atlas.creatures[index]
    const creature = state.creatures[index]
    if (row?.id !== id || !creature) continue
    const at = { id, x: creature.x, y: creature.y, text: row.text }
    if (creature.health > 0) return { ...at, kind: 'creature', name: row.name, row, creature }
    return isCarcass(creature)
      ? { ...at, kind: 'container', name: `Dead ${row.name}`, row, stock: creature }
      : undefined
  }
  for (const index of place.containers) {
    const row = atlas.containers[index]
    const stock = state.containers[index]
    if (row?.id === id && stock) return { ...row, kind: 'container', row, stock }
  }
  for (const index of place.things) {
    const row = atlas.things[index]
    const item = row && atlas.items.get(row.item)
    if (row?.id === id && item && state.things[index] === 1) {
      return { id, x: row.x, y: row.y, name: item.name, text: item.text, kind: 'item', item, index }
    }
  }
  return undefined
}

function findAgent(state: FrontierState, cell: string, id: string): Entity | undefined {
  const slot = state.agents.findIndex((agent, each) => agent.cell === cell && agentId(each) === id)
  const agent = state.agents[slot]
  if (!agent) return undefined
  const text = agent.down > 0 ? 'Another traveller, out cold.' : 'Another traveller, as dusty as you are.'
  return { id, x: agent.x, y: agent.y, name: agentName(slot), text, kind: 'agent', slot, agent }
}

/** Checks that `entity` is within `reach` tiles; otherwise returns a failure that states the distance. */
export function tooFar(self: Agent, entity: Entity, reach: number): Failure | undefined {
  const distance = distanceOf(self.x, self.y, entity.x, entity.y)
  if (distance <= reach) return undefined
  return fail('OUT_OF_REACH', `${entity.name} is ${distance} tiles away; ${reach} would do.`)
}
