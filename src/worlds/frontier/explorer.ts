// A bot without a guide: it knows only perceptions and outcomes, not the content. It explores, talks to everybody about
// every topic, reads its quests, and goes to the people and places that they name.
import type { Bot } from '../../kernel/world.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import { Memory, type Near, type Remembered, type Spot } from './explorer-memory.ts'
import type { FrontierObservation } from './perceive.ts'

type Seen = FrontierObservation['perception']

const SORE_PERCENT = 55
const WEAK_PERCENT = 30
/** Share of its capacity that it fills, leaving room for quest items. */
const MAX_LOAD = 0.7
/** Number of parries in a row after which it goes to meet a foe that does not approach. */
const MAX_PARRIES = 2
const REST: AgentCommand = { command: 'wait', params: { duration_seconds: 1800 } }

export function createExplorer(): Bot<FrontierObservation, AgentCommand> {
  const memory = new Memory()
  let last: AgentCommand | undefined
  let number = 0
  return {
    decide({ perception: seen, command }) {
      if (command?.status === 'accepted' || command?.status === 'running') return undefined
      if (seen.health.current === 0) return undefined
      if (last && command && command.number !== number) learn(memory, last, command)
      number = command?.number ?? number
      memory.see(seen)
      last =
        survive(memory, seen) ??
        tryOut(memory, seen) ??
        converse(memory, seen) ??
        handle(memory, seen) ??
        travel(memory, seen)
      return last
    },
  }
}

type Result = NonNullable<FrontierObservation['command']>

/** Processes the outcome of its last command. */
function learn(memory: Memory, last: AgentCommand, { status, outcome, code }: Result): void {
  switch (last.command) {
    case 'use_item':
      if (/nothing to mend|health is/i.test(outcome)) memory.healing.add(last.params.item_id)
      if (/thrown/i.test(outcome)) memory.thrown.add(last.params.item_id)
      return
    case 'move_to': {
      if (code !== 'NO_PATH' && code !== 'LOCKED') return
      const { entity_id: id, target_cell: cell, target_x: x, target_y: y } = last.params
      if (id !== undefined) memory.done.add(id)
      else
        for (const point of memory.points.get(cell ?? '') ?? []) if (point.x === x && point.y === y) memory.drop(point)
      return
    }
    case 'interact': {
      const { entity_id: id, interaction_type: type } = last.params
      if (type === 'talk') memory.talked.set(id, memory.chapter)
      else if (code !== 'OUT_OF_REACH' && code !== 'INTERRUPTED' && code !== 'LOCKED') memory.done.add(id)
      else if (code === 'LOCKED') memory.done.add(`${id} ${memory.chapter}`)
      return
    }
    case 'dialogue':
      if (status === 'done' || code === 'NO_TOPIC' || code === 'NEEDS_UNMET' || code === 'NO_CHOICE') {
        answer(memory, last.params, outcome)
      }
      return
    default:
      return
  }
}

/** Records that a topic was asked, and which of the offered choices to take. */
function answer(
  memory: Memory,
  asked: { entity_id: string; topic: string; choice_idx?: number },
  outcome: string,
): void {
  const key = `${asked.entity_id} ${asked.topic}`
  memory.asked.set(key, memory.chapter)
  if (asked.choice_idx !== undefined) memory.choices.delete(key)
  else {
    const choices = [...outcome.matchAll(/\((\d+)\) ([^(]*(?:\([^)]*[a-z][^)]*\))?)/g)].map(([, index, text]) => ({
      index: Number(index),
      text: text ?? '',
    }))
    if (choices.length > 0) memory.choices.set(key, choices)
  }
}

function survive(memory: Memory, seen: Seen): AgentCommand | undefined {
  const percent = Math.floor((seen.health.current * 100) / seen.health.max)
  const carried = (kind: ReadonlySet<string>) => seen.inventory_summary.items?.find((item) => kind.has(item.item_id))
  const cure = carried(memory.healing)
  const foe = seen.nearby_entities.find((each) => each.entity_type === 'creature')
  if (seen.environment.is_combat && foe) {
    if (percent < WEAK_PERCENT && cure) return use(cure.item_id)
    const target_entity_id = foe.entity_id
    const flask = foe.distance <= 5 ? carried(memory.thrown) : undefined
    const action_type = flask ? 'cast' : foe.distance <= 1 ? 'attack' : 'block'
    memory.parries = action_type === 'block' ? memory.parries + 1 : 0
    if (memory.parries <= MAX_PARRIES) return { command: 'combat_action', params: { action_type, target_entity_id } }
    // The foe does not approach: go to it, or leave it if it is out of reach.
    if (!memory.done.has(target_entity_id)) return walkTo(target_entity_id)
  } else memory.parries = 0
  if (percent >= SORE_PERCENT) return undefined
  return cure ? use(cure.item_id) : REST
}

const use = (item_id: string): AgentCommand => ({ command: 'use_item', params: { item_id } })

/** Tries every kind of item once; the outcome shows its use. */
function tryOut(memory: Memory, seen: Seen): AgentCommand | undefined {
  const item = seen.inventory_summary.items?.find((each) => !memory.tried.has(each.item_id) && each.in_use !== true)
  if (!item) return undefined
  memory.tried.add(item.item_id)
  return use(item.item_id)
}

/** Whether the journal mentions a person, thing or place. */
function isNamed(seen: Seen, name: string): boolean {
  const words = name.toLowerCase().replaceAll('-', ' ')
  return seen.active_quests.some(({ text = '' }) => text.toLowerCase().includes(words))
}

/** `ninefold-cut` is part of Ninefold. */
const firstWord = (cell: string): string => cell.replace(/-.*/, '')

/** Talks: answers open questions, asks unasked topics, and greets people not met in this chapter. */
function converse(memory: Memory, seen: Seen): AgentCommand | undefined {
  for (const [key, choices] of memory.choices) {
    const [entity_id = '', topic = ''] = key.split(' ')
    memory.choices.delete(key)
    const isWanted = isNamed(seen, topic) || isNamed(seen, memory.remembered.get(entity_id)?.name ?? '')
    const free = choices.find(({ text }) => !/\d+ gold|disposition/.test(text))
    const choice = free ?? (isWanted ? choices[0] : undefined)
    if (choice) return { command: 'dialogue', params: { entity_id, topic, choice_idx: choice.index } }
  }
  const { dialogue } = seen
  const isOpen = (topic: string) => memory.asked.get(`${dialogue?.entity_id} ${topic}`) !== memory.chapter
  const topic = dialogue?.topics.find(
    (each) => isOpen(each) && (isNew(memory, dialogue.entity_id, each) || isNamed(seen, each)),
  )
  if (dialogue && topic !== undefined) return { command: 'dialogue', params: { entity_id: dialogue.entity_id, topic } }
  for (const each of seen.nearby_entities) {
    if (each.entity_type !== 'npc' || each.disposition === null || memory.done.has(each.entity_id)) continue
    const met = memory.talked.get(each.entity_id)
    if (met === undefined || (met !== memory.chapter && isNamed(seen, each.name))) {
      if (each.distance > 2) return walkTo(each.entity_id)
      return { command: 'interact', params: { entity_id: each.entity_id, interaction_type: 'talk' } }
    }
  }
  return undefined
}

const isNew = (memory: Memory, person: string, topic: string): boolean => !memory.asked.has(`${person} ${topic}`)

const walkTo = (entity_id: string): AgentCommand => ({ command: 'move_to', params: { entity_id } })

/** Takes loose items, opens closed things, and fights creatures where the journal requires it. */
function handle(memory: Memory, seen: Seen): AgentCommand | undefined {
  const isFull = seen.inventory_summary.encumbrance_pct > MAX_LOAD
  for (const each of seen.nearby_entities) {
    if (isDone(memory, each)) continue
    if (isStuff(each) && (!isFull || isNamed(seen, each.name))) {
      if (each.distance > 1) return walkTo(each.entity_id)
      return { command: 'interact', params: { entity_id: each.entity_id, interaction_type: 'take' } }
    }
    const isFit = seen.health.current * 10 > seen.health.max * 8
    if (each.entity_type === 'creature' && isFit && isNamed(seen, firstWord(seen.location.cell))) {
      if (each.distance > 1) return walkTo(each.entity_id)
      return { command: 'combat_action', params: { action_type: 'attack', target_entity_id: each.entity_id } }
    }
  }
  return undefined
}

const isStuff = ({ entity_type: type }: Near): boolean => type === 'item' || type === 'container'

const isDone = (memory: Memory, { entity_id: id }: Pick<Near, 'entity_id'>): boolean =>
  memory.done.has(id) || memory.done.has(`${id} ${memory.chapter}`)

/** Goes to the person that the journal names, through a door not yet taken, or explores. */
function travel(memory: Memory, seen: Seen): AgentCommand {
  const { location } = seen
  memory.lookFrom(location)
  const remembered = [...memory.remembered.values()]
  const person = remembered.find(
    (each) => each.type === 'npc' && isNamed(seen, each.name) && memory.talked.get(each.id) !== memory.chapter,
  )
  if (person && !isAt(location, person)) return goTo(person)
  const isPlace = (cell: string) => isNamed(seen, cell) || isNamed(seen, firstWord(cell))
  const wanted = [...memory.points.keys()].filter((cell) => isPlace(cell))
  for (const cell of [...new Set([...wanted, location.cell])]) {
    const door = remembered.find(
      (each) => each.type === 'door' && each.cell === cell && !isDone(memory, { entity_id: each.id }),
    )
    const point = memory.nextPoint(cell, cell === location.cell ? location : { x: 0, y: 0 })
    // With an active quest, the bot explores a cell completely before leaving it.
    if (point && (!door || seen.active_quests.length > 0)) return lookAt(memory, point)
    if (door) return cell === location.cell ? passThrough(memory, seen, door) : goTo(door)
  }
  const door = remembered.find((each) => each.type === 'door' && !isDone(memory, { entity_id: each.id }))
  if (door) return door.cell === location.cell ? passThrough(memory, seen, door) : goTo(door)
  for (const cell of memory.points.keys()) {
    const point = memory.nextPoint(cell, location)
    if (point) return lookAt(memory, point)
  }
  // Everything has been seen once: start over, because things grow again and new items may open doors.
  memory.points.clear()
  memory.done.clear()
  return REST
}

const isAt = ({ cell, x, y }: Spot, spot: Spot): boolean => cell === spot.cell && x === spot.x && y === spot.y

const goTo = ({ cell, x, y }: Spot): AgentCommand => ({
  command: 'move_to',
  params: { target_cell: cell, target_x: x, target_y: y },
})

function lookAt(memory: Memory, point: Spot): AgentCommand {
  memory.drop(point)
  return goTo(point)
}

function passThrough(memory: Memory, seen: Seen, door: Remembered): AgentCommand {
  const near = seen.nearby_entities.find((each) => each.entity_id === door.id)
  if (!near && isAt(seen.location, door)) {
    // At night or in fog it is not visible from where it was seen before: try again later.
    memory.done.add(`${door.id} ${memory.chapter}`)
    return REST
  }
  if (!near) return goTo(door)
  if (near.distance > 1) return walkTo(door.id)
  return { command: 'interact', params: { entity_id: door.id, interaction_type: 'activate' } }
}
