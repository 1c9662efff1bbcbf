// What one agent can see of the world: its perception, its observation, and the public view. Nothing here changes the
// state or returns references into it.

import { at } from '../../kernel/at.ts'
import type { PerceptionBody } from '../../kernel/world.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import type { Perception } from '../../protocol/perception.ts'
import { type Atlas, nameOfItem, type Place, placeOf } from './atlas.ts'
import { isInCombat } from './combat.ts'
import { clockOf, timeOfDay } from './day.ts'
import { topicsOf } from './dialogue.ts'
import { agentId, agentName, isCarcass, rangeOf } from './entities.ts'
import { CAPACITY, itemCount, loadOf } from './inventory.ts'
import { dispositionOf, holds } from './quests.ts'
import type { Actor, Scene } from './scene.ts'
import { type Agent, type CommandState, type FrontierState, MAX_HEALTH } from './state.ts'
import { distanceOf } from './terrain.ts'

type Nearby = Perception['nearby_entities'][number]

export interface FrontierObservation {
  readonly slot: number
  readonly tick: number
  readonly max_ticks: number
  /** Omits `raw_engine_data`: bots must manage without it. */
  readonly perception: Omit<PerceptionBody, 'raw_engine_data'>
  /** The agent's last command and its status; null before the first. */
  readonly command: CommandView | null
  /** Additional data for the play page: see `detailsOf`. */
  readonly details: JsonObject
}

/** The status of a command, as in `GET /commands/:id`. */
export interface CommandView {
  readonly number: number
  readonly command: string
  readonly status: CommandState['status']
  readonly outcome: string
  readonly code: CommandState['code']
}

function agentAt(state: FrontierState, slot: number): Agent {
  const agent = state.agents[slot]
  if (!agent) throw new Error(`frontier has no slot ${slot}`)
  return agent
}

export function observe(atlas: Atlas, state: FrontierState, slot: number): FrontierObservation {
  const self = agentAt(state, slot)
  return {
    slot,
    tick: state.tick,
    max_ticks: state.max_ticks,
    perception: sense(atlas, state, { slot, self }),
    command: viewOf(self.command),
    details: detailsOf(atlas, state, { slot, self }),
  }
}

/** Data specific to this world: the positions of visible entities, and the choices that can be answered now. */
function detailsOf(atlas: Atlas, state: FrontierState, actor: Actor): JsonObject {
  const { self } = actor
  const place = placeOf(atlas, self.cell)
  const range = rangeOf(state, place)
  const isSeen = ({ x, y }: { x: number; y: number }): boolean => distanceOf(self.x, self.y, x, y) <= range
  const moving = place.creatures.flatMap((index) => {
    const row = atlas.creatures[index]
    const creature = state.creatures[index]
    return row && creature && isSeen(creature) ? [{ entity_id: row.id, x: creature.x, y: creature.y }] : []
  })
  const others = state.agents.flatMap((agent, slot) =>
    slot !== actor.slot && agent.cell === self.cell && isSeen(agent)
      ? [{ entity_id: agentId(slot), x: agent.x, y: agent.y }]
      : [],
  )
  return { ...extras(atlas, state, actor), moving: [...moving, ...others], choices: choicesOf(atlas, state, actor) }
}

/** The choices of the topic asked last, while they are open. */
function choicesOf(atlas: Atlas, state: FrontierState, actor: Actor): JsonValue[] {
  const { self } = actor
  const { talking, command: said } = self
  if (talking === null || said?.status !== 'done' || said.command.command !== 'dialogue') return []
  const { topic: id, choice_idx: chosen } = said.command.params
  const person = atlas.people.get(talking)
  const scene: Scene = { atlas, state, out: SILENT }
  const topic =
    chosen === undefined && person ? topicsOf(scene, actor, person).find((each) => each.id === id) : undefined
  return (topic?.choices ?? []).map(({ say, needs }, index) => ({
    topic: id,
    index,
    say,
    open: holds(scene, actor, needs ?? [], talking),
  }))
}

function viewOf(command: CommandState | null): CommandView | null {
  if (!command) return null
  const { number, status, outcome, code } = command
  return { number, command: command.command.command, status, outcome, code }
}

/** The complete perception, with data specific to this world in `raw_engine_data`. */
export function perceive(atlas: Atlas, state: FrontierState, slot: number): PerceptionBody {
  const self = agentAt(state, slot)
  return { ...sense(atlas, state, { slot, self }), raw_engine_data: extras(atlas, state, { slot, self }) }
}

function sense(atlas: Atlas, state: FrontierState, { slot, self }: Actor): Omit<PerceptionBody, 'raw_engine_data'> {
  const place = placeOf(atlas, self.cell)
  const quests: Perception['active_quests'] = []
  for (const { id, name, stages } of atlas.content.quests) {
    const stage = state.quests[id] ?? 0
    if (stage > 0 && stage !== stages.at(-1)?.stage) {
      const text = stages.find((each) => each.stage === stage)?.text
      quests.push({ quest_id: id, name, stage, ...(text === undefined ? {} : { text }) })
    }
  }
  return {
    location: {
      cell: self.cell,
      x: self.x,
      y: self.y,
      z: at(place.ground.altitude, self.y * place.ground.width + self.x),
      interior: place.isInterior,
    },
    health: { current: self.health, max: MAX_HEALTH },
    nearby_entities: self.down > 0 ? [] : nearby(atlas, state, { slot, self }, place),
    inventory_summary: {
      gold: self.gold,
      item_count: itemCount(self.items),
      encumbrance_pct: Math.round((loadOf(atlas, self.items) * 100) / CAPACITY) / 100,
      items: carriedBy(atlas, self),
    },
    active_quests: quests,
    environment: {
      time_of_day: timeOfDay(state.tick),
      weather: state.weather,
      is_combat: isInCombat({ state }, slot),
      is_dialogue: self.talking !== null,
    },
    ...talkOf(atlas, state, { slot, self }),
  }
}

type Carried = NonNullable<Perception['inventory_summary']['items']>

/** What an agent carries, in the order of the catalogue. */
function carriedBy({ content }: Atlas, { items, weapon, armour }: Agent): Carried {
  const carried: Carried = []
  for (const { id, name } of content.items) {
    const count = items[id]
    if (count === undefined) continue
    carried.push({ item_id: id, name, count, ...(id === weapon || id === armour ? { in_use: true } : {}) })
  }
  return carried
}

/** The conversation in progress, and what other agents have said. */
function talkOf(atlas: Atlas, state: FrontierState, actor: Actor): Pick<PerceptionBody, 'dialogue' | 'heard'> {
  const { talking, heard } = actor.self
  const person = talking === null ? undefined : atlas.people.get(talking)
  const topics = person ? topicsOf({ atlas, state, out: SILENT }, actor, person).map((topic) => topic.id) : []
  const sayings = heard.map(({ slot, text }) => ({ entity_id: agentId(slot), name: agentName(slot), text }))
  return {
    ...(person ? { dialogue: { entity_id: person.id, topics } } : {}),
    ...(sayings.length > 0 ? { heard: sayings } : {}),
  }
}

/** Nearest first; ties in the order people, creatures, items, containers, doors, agents, each in their own order. */
function nearby(atlas: Atlas, state: FrontierState, { slot, self }: Actor, place: Place): Nearby[] {
  const found: Nearby[] = []
  const range = rangeOf(state, place)
  const add = (at: { x: number; y: number }, entity_id: string, name: string, entity_type: Nearby['entity_type']) => {
    const distance = distanceOf(self.x, self.y, at.x, at.y)
    if (distance > range) return
    if (entity_type === 'npc') {
      const person = atlas.people.get(entity_id)
      const disposition = person ? dispositionOf(person.disposition, self, entity_id) : null
      insert(found, { entity_id, name, entity_type, distance, disposition })
    } else insert(found, { entity_id, name, entity_type, distance })
  }
  for (const row of place.people) add(row, row.id, row.name, 'npc')
  for (const index of place.creatures) {
    const row = atlas.creatures[index]
    const creature = state.creatures[index]
    if (!row || !creature) continue
    if (creature.health > 0) add(creature, row.id, row.name, 'creature')
    else if (isCarcass(creature)) add(creature, row.id, `Dead ${row.name}`, 'container')
  }
  for (const index of place.things) {
    const row = atlas.things[index]
    if (row && state.things[index] === 1) add(row, row.id, nameOfItem(atlas, row.item), 'item')
  }
  for (const index of place.containers) {
    const row = atlas.containers[index]
    if (row) add(row, row.id, row.name, 'container')
  }
  for (const row of place.doors) add(row, row.id, row.name, 'door')
  for (let other = 0; other < state.agents.length; other++) {
    const agent = state.agents[other]
    if (agent && other !== slot && agent.cell === self.cell) add(agent, agentId(other), agentName(other), 'npc')
  }
  return found
}

/** Inserts in order: the list is short and rebuilt at every tick. */
function insert(found: Nearby[], each: Nearby): void {
  let at = found.length
  found.push(each)
  for (; at > 0; at--) {
    const before = found[at - 1]
    if (!before || before.distance <= each.distance) break
    found[at] = before
  }
  found[at] = each
}

function extras(atlas: Atlas, state: FrontierState, actor: Actor): JsonObject {
  const { self } = actor
  const place = placeOf(atlas, self.cell)
  const scene: Scene = { atlas, state, out: SILENT }
  const person = self.talking === null ? undefined : atlas.people.get(self.talking)
  return {
    tick: state.tick,
    clock: clockOf(state.tick),
    cell_name: place.row.name,
    cell_text: place.row.text,
    exits: place.doors.map((door) => ({
      entity_id: door.id,
      leads_to: atlas.doors.get(door.to)?.cell ?? '',
      x: door.x,
      y: door.y,
      locked: door.key !== undefined && !state.unlocked.includes(door.id),
    })),
    talking_with: self.talking,
    topics: person ? topicsOf(scene, actor, person).map((topic) => topic.id) : [],
    carries: atlas.content.items.flatMap(({ id, name }): JsonValue[] => {
      const count = self.items[id] ?? 0
      return count > 0 ? [{ item_id: id, name, count }] : []
    }),
    weapon: self.weapon,
    armour: self.armour,
    quests: atlas.content.quests.flatMap((quest): JsonValue[] => {
      const row = quest.stages.find((each) => each.stage === state.quests[quest.id])
      return row ? [{ quest_id: quest.id, stage: row.stage, journal: row.text }] : []
    }),
    notes: self.notes.length,
    down_ticks: self.down,
    command: self.command ? { ...viewOf(self.command) } : null,
  }
}

const SILENT = Object.freeze({ effect: () => '', cancel: () => undefined, event: () => undefined })

/** The public view: all people, agents and moving things, without their belongings. */
export function spectate(atlas: Atlas, state: FrontierState): JsonObject {
  return {
    tick: state.tick,
    max_ticks: state.max_ticks,
    clock: clockOf(state.tick),
    time_of_day: timeOfDay(state.tick),
    weather: state.weather,
    quests: { ...state.quests },
    things: [...state.things],
    agents: state.agents.map((agent, slot) => ({
      entity_id: agentId(slot),
      name: agentName(slot),
      cell: agent.cell,
      x: agent.x,
      y: agent.y,
      health: agent.health,
      gold: agent.gold,
      is_down: agent.down > 0,
      command: agent.command ? { ...viewOf(agent.command) } : null,
    })),
    creatures: atlas.creatures.flatMap((row, index): JsonValue[] => {
      const creature = state.creatures[index]
      if (!creature || creature.health === 0) return []
      return [
        { entity_id: row.id, name: row.name, cell: row.cell, x: creature.x, y: creature.y, health: creature.health },
      ]
    }),
  }
}
