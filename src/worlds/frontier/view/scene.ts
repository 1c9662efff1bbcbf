// The content of one frame of frontier, read from the public view or from one agent's observation. Places and people
// are in the content, which never changes; frames hold what moves and what is gone.

import { listOf, numberOf, objectOf, read, textOf } from '../../../kernel/view/read.ts'
import { isObject } from '../../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../../protocol/json.ts'
import { CONTENT } from '../content/content.ts'
import type { CellRow } from '../content/shape.ts'

export type EntityType = 'npc' | 'creature' | 'item' | 'container' | 'door' | 'agent'

export interface SeenEntity {
  readonly id: string
  readonly name: string
  readonly type: EntityType
  /** Undefined: somewhere nearby. */
  readonly at: { readonly x: number; readonly y: number } | undefined
  /** Tiles; 0 in the public view. */
  readonly distance: number
  /** For agents only. */
  readonly slot?: number
  /** For doors: the destination, and whether it is locked. */
  readonly leadsTo?: string
  readonly isLocked?: boolean
}

export interface Said {
  readonly number: number
  readonly command: string
  readonly status: string
  readonly outcome: string
}

export interface Talk {
  readonly person: string
  readonly name: string
  readonly topics: readonly string[]
  readonly choices: readonly {
    readonly topic: string
    readonly index: number
    readonly say: string
    readonly isOpen: boolean
  }[]
}

export interface Traveller {
  readonly slot: number
  readonly name: string
  readonly cell: string
  readonly x: number
  readonly y: number
  readonly health: number
  readonly gold: number
  readonly isDown: boolean
  readonly said: Said | undefined
}

export interface Scene {
  readonly tick: number
  readonly maxTicks: number
  readonly clock: string
  readonly timeOfDay: string
  readonly weather: string
  readonly cell: CellRow
  /** The agent whose frame this is, or the followed one. */
  readonly self: Traveller | undefined
  readonly travellers: readonly Traveller[]
  readonly entities: readonly SeenEntity[]
  readonly quests: readonly {
    readonly id: string
    readonly name: string
    readonly text: string
    readonly isDone: boolean
  }[]
  /** Present in an agent's own frame. */
  readonly own: Own | undefined
}

export interface Own {
  readonly said: Said | undefined
  readonly talk: Talk | undefined
  readonly carries: readonly {
    readonly id: string
    readonly name: string
    readonly count: number
    readonly isWorn: boolean
  }[]
  readonly load: number
  readonly isInCombat: boolean
  readonly downTicks: number
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [row.id, row]))
const CELLS = byId(CONTENT.cells)
const PEOPLE = byId(CONTENT.people)
const DOORS = byId(CONTENT.doors)
const CONTAINERS = byId(CONTENT.containers)
const THINGS = byId(CONTENT.things)
const ITEMS = byId(CONTENT.items)
/** The same value as in the rules. */
export const MAX_HEALTH = 60

/** Every place, in content order. */
export const PLACES: readonly string[] = CONTENT.cells.map(({ id }) => id)

export function cellName(id: string): string {
  return CELLS.get(id)?.name ?? id
}

/** @param follow the slot whose surroundings the public view shows, or a cell's id */
export function readScene(view: JsonObject, follow: number | string = 0): Scene | undefined {
  return isObject(view.perception) ? readOwn(view) : readPublic(view, follow)
}

// ——— an agent's own frame

function readOwn(view: JsonObject): Scene | undefined {
  const seen = objectOf(view.perception)
  const details = objectOf(view.details)
  const location = objectOf(seen.location)
  const cell = CELLS.get(textOf(location.cell))
  if (!cell) return undefined
  const environment = objectOf(seen.environment)
  const slot = numberOf(view.slot)
  const said = saidOf(view.command)
  const inventory = objectOf(seen.inventory_summary)
  const self: Traveller = {
    slot,
    name: 'You',
    cell: cell.id,
    x: numberOf(location.x),
    y: numberOf(location.y),
    health: numberOf(objectOf(seen.health).current),
    gold: numberOf(inventory.gold),
    isDown: numberOf(details.down_ticks) > 0,
    said,
  }
  return {
    tick: numberOf(view.tick),
    maxTicks: numberOf(view.max_ticks),
    clock: textOf(details.clock),
    timeOfDay: textOf(environment.time_of_day),
    weather: textOf(environment.weather),
    cell,
    self,
    travellers: [self],
    entities: ownEntities(seen, details, self),
    quests: questsOf(
      listOf(details.quests).map((each) => [textOf(objectOf(each).quest_id), numberOf(objectOf(each).stage)]),
    ),
    own: {
      said,
      talk: talkOf(details),
      carries: carriedOf(details),
      load: numberOf(inventory.encumbrance_pct),
      isInCombat: environment.is_combat === true,
      downTicks: numberOf(details.down_ticks),
    },
  }
}

/** Nearby entities and the doors of the cell: an agent knows the exits of its cell. */
function ownEntities(seen: JsonObject, details: JsonObject, self: Traveller): SeenEntity[] {
  const near = listOf(seen.nearby_entities).map((each) => nearbyOf(objectOf(each), details))
  const far = listOf(details.exits)
    .map(objectOf)
    .filter(({ entity_id }) => !near.some(({ id }) => id === entity_id))
    .map((exit): SeenEntity => {
      const id = textOf(exit.entity_id)
      const at = { x: numberOf(exit.x), y: numberOf(exit.y) }
      const distance = Math.abs(at.x - self.x) + Math.abs(at.y - self.y)
      const name = DOORS.get(id)?.name ?? id
      return { id, name, type: 'door', at, distance, leadsTo: textOf(exit.leads_to), isLocked: exit.locked === true }
    })
  return [...near, ...far]
}

function nearbyOf(entity: JsonObject, details: JsonObject): SeenEntity {
  const id = textOf(entity.entity_id)
  const slot = /^agent-(\d)$/.exec(id)?.[1]
  const moving = listOf(details.moving)
    .map(objectOf)
    .find((each) => each.entity_id === id)
  const exit = listOf(details.exits)
    .map(objectOf)
    .find((each) => each.entity_id === id)
  const fixed = PEOPLE.get(id) ?? DOORS.get(id) ?? CONTAINERS.get(id) ?? THINGS.get(id)
  const at = moving ? { x: numberOf(moving.x), y: numberOf(moving.y) } : fixed && { x: fixed.x, y: fixed.y }
  return {
    id,
    name: textOf(entity.name, id),
    type: slot === undefined ? typeOf(textOf(entity.entity_type)) : 'agent',
    at,
    distance: numberOf(entity.distance),
    ...(slot === undefined ? {} : { slot: Number(slot) }),
    ...(exit ? { leadsTo: textOf(exit.leads_to), isLocked: exit.locked === true } : {}),
  }
}

function typeOf(type: string): EntityType {
  return type === 'creature' || type === 'item' || type === 'container' || type === 'door' ? type : 'npc'
}

function talkOf(details: JsonObject): Talk | undefined {
  const person = textOf(details.talking_with)
  if (person === '') return undefined
  return {
    person,
    name: PEOPLE.get(person)?.name ?? person,
    topics: listOf(details.topics).map((topic) => textOf(topic)),
    choices: listOf(details.choices).map((each) => {
      const { topic, index, say, open } = objectOf(each)
      return { topic: textOf(topic), index: numberOf(index), say: textOf(say), isOpen: open === true }
    }),
  }
}

function carriedOf(details: JsonObject): Own['carries'] {
  return listOf(details.carries).map((each) => {
    const { item_id, name, count } = objectOf(each)
    const id = textOf(item_id)
    return {
      id,
      name: textOf(name, id),
      count: numberOf(count),
      isWorn: id === details.weapon || id === details.armour,
    }
  })
}

function saidOf(value: JsonValue | undefined): Said | undefined {
  if (!isObject(value)) return undefined
  const { number, command, status, outcome } = value
  return { number: numberOf(number), command: textOf(command), status: textOf(status), outcome: textOf(outcome) }
}

// ——— the public view

function readPublic(view: JsonObject, follow: number | string): Scene | undefined {
  const travellers = listOf(view.agents).map((each, slot) => travellerOf(objectOf(each), slot))
  const self = typeof follow === 'number' ? (travellers[follow] ?? travellers[0]) : undefined
  const cell = CELLS.get(self?.cell ?? String(follow))
  if (!cell) return undefined
  return {
    tick: numberOf(view.tick),
    maxTicks: numberOf(view.max_ticks),
    clock: textOf(view.clock),
    timeOfDay: textOf(view.time_of_day),
    weather: textOf(view.weather),
    cell,
    self,
    travellers,
    entities: publicEntities(view, cell.id, travellers),
    quests: questsOf(Object.entries(objectOf(view.quests)).map(([id, stage]) => [id, numberOf(stage)])),
    own: undefined,
  }
}

function travellerOf(agent: JsonObject, slot: number): Traveller {
  return {
    slot,
    name: textOf(agent.name),
    cell: textOf(agent.cell),
    x: numberOf(agent.x),
    y: numberOf(agent.y),
    health: numberOf(agent.health),
    gold: numberOf(agent.gold),
    isDown: agent.is_down === true,
    said: saidOf(agent.command),
  }
}

function publicEntities(view: JsonObject, cell: string, travellers: readonly Traveller[]): SeenEntity[] {
  const things = listOf(view.things)
  const at = ({ x, y }: { readonly x: number; readonly y: number }) => ({ at: { x, y }, distance: 0 })
  const isHere = (row: { readonly cell: string }): boolean => row.cell === cell
  return [
    ...CONTENT.people.filter(isHere).map((row) => ({ id: row.id, name: row.name, type: 'npc' as const, ...at(row) })),
    ...listOf(view.creatures)
      .map(objectOf)
      .filter((each) => each.cell === cell)
      .map((each) => ({
        id: textOf(each.entity_id),
        name: textOf(each.name),
        type: 'creature' as const,
        ...at({ x: numberOf(each.x), y: numberOf(each.y) }),
      })),
    ...CONTENT.things.flatMap((row, index) =>
      isHere(row) &&
      read(
        things.map((each) => numberOf(each, 1)),
        index,
      ) === 1
        ? [{ id: row.id, name: ITEMS.get(row.item)?.name ?? row.item, type: 'item' as const, ...at(row) }]
        : [],
    ),
    ...CONTENT.containers
      .filter(isHere)
      .map((row) => ({ id: row.id, name: row.name, type: 'container' as const, ...at(row) })),
    ...CONTENT.doors.filter(isHere).map((row) => ({
      id: row.id,
      name: row.name,
      type: 'door' as const,
      leadsTo: DOORS.get(row.to)?.cell ?? '',
      ...at(row),
    })),
    ...travellers.filter(isHere).map((each) => ({
      id: `agent-${each.slot}`,
      name: each.name,
      type: 'agent' as const,
      slot: each.slot,
      ...at(each),
    })),
  ]
}

function questsOf(stages: readonly (readonly [string, number])[]): Scene['quests'] {
  return stages.flatMap(([id, stage]) => {
    const quest = CONTENT.quests.find((each) => each.id === id)
    const row = quest?.stages.find((each) => each.stage === stage)
    if (!quest) return []
    const isDone = row !== undefined && row === quest.stages.at(-1)
    return [{ id, name: quest.name, text: row?.text ?? quest.text, isDone }]
  })
}

/** 'Morning, rain, 08:12'. */
export function hourOf({ timeOfDay, weather, clock }: Scene): string {
  const hour = timeOfDay.charAt(0).toUpperCase() + timeOfDay.slice(1)
  return [hour, weather, clock].filter((part) => part !== '').join(', ')
}
