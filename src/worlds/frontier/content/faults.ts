// Referential checks over the content: every referenced id exists, every entity is placed on walkable, reachable
// ground, and quests lead from their start to their end. Writers see the list of faults, each with its row.
import { createGround, findPath, type Ground, isOpen, TERRAIN } from '../terrain.ts'
import type { Condition, Content, Effect, Goal, PersonRow, QuestRow } from './shape.ts'

interface Check {
  readonly content: Content
  readonly grounds: ReadonlyMap<string, Ground>
  readonly ids: Readonly<
    Record<'cell' | 'door' | 'person' | 'creature' | 'container' | 'item' | 'quest', ReadonlySet<string>>
  >
  readonly faults: string[]
}

/** Every fault of the content, as `what: why`; empty for sound content. */
export function findFaults(content: Content): string[] {
  const idsOf = (rows: readonly { readonly id: string }[]) => new Set(rows.map((row) => row.id))
  const check: Check = {
    content,
    grounds: new Map(content.cells.map((cell) => [cell.id, createGround(cell)])),
    ids: {
      cell: idsOf(content.cells),
      door: idsOf(content.doors),
      person: idsOf(content.people),
      creature: idsOf(content.creatures),
      container: idsOf(content.containers),
      item: idsOf(content.items),
      quest: idsOf(content.quests),
    },
    faults: [],
  }
  checkIds(check)
  checkCells(check)
  checkPlaces(check)
  checkDoors(check)
  checkItems(check)
  for (const person of content.people) checkPerson(check, person)
  for (const quest of content.quests) checkQuest(check, quest)
  checkStart(check)
  return check.faults
}

function expect(check: Check, kind: keyof Check['ids'], id: string, where: string): void {
  if (!check.ids[kind].has(id)) check.faults.push(`${where}: there is no ${kind} ${id}`)
}

/** Entities share one id space, because commands refer to them by id. `agent-` is reserved for agents. */
function checkIds({ content, faults }: Check): void {
  const { doors, people, creatures, containers, things } = content
  const spaces = [
    [...doors, ...people, ...creatures, ...containers, ...things],
    content.cells,
    content.items,
    content.quests,
  ]
  for (const space of spaces) {
    const seen = new Set<string>()
    for (const { id } of space) {
      if (seen.has(id)) faults.push(`${id}: the id is used twice`)
      if (id.startsWith('agent-') || !/^[a-z][a-z0-9-]*$/.test(id))
        faults.push(`${id}: an id is kebab-case, and not agent-…`)
      seen.add(id)
    }
  }
}

function checkCells({ content, faults }: Check): void {
  for (const { id, rows } of content.cells) {
    const width = rows[0]?.length ?? 0
    for (const [y, row] of rows.entries()) {
      if (row.length !== width) faults.push(`${id}: row ${y} has ${row.length} tiles, the first has ${width}`)
      for (const mark of row)
        if (TERRAIN[mark] === undefined) faults.push(`${id}: row ${y}: no terrain is called ${mark}`)
    }
  }
}

/** Everything is on walkable ground and can be reached from every door. */
function checkPlaces({ content, grounds, faults }: Check): void {
  const { doors, people, creatures, containers, things, start } = content
  const begin = start.tiles.map(([x, y], index) => ({ id: `start ${index}`, cell: start.cell, x, y }))
  const placed = [
    ...doors,
    ...people,
    ...creatures,
    ...containers,
    ...things,
    ...begin,
    { id: 'refuge', ...start.refuge },
  ]
  for (const { id, cell, x, y } of placed) {
    const ground = grounds.get(cell)
    if (!ground) faults.push(`${id}: there is no cell ${cell}`)
    else if (!isOpen(ground, x, y)) faults.push(`${id}: nobody can stand at ${x}, ${y} of ${cell}`)
    else {
      const door = doors.find((each) => each.cell === cell)
      if (!door) faults.push(`${id}: ${cell} has no door`)
      else if (!findPath(ground, { fromX: door.x, fromY: door.y, toX: x, toY: y, near: 0 })) {
        faults.push(`${id}: cannot be reached from ${door.id}`)
      }
    }
  }
}

function checkDoors(check: Check): void {
  const { doors } = check.content
  for (const door of doors) {
    const other = doors.find((each) => each.id === door.to)
    if (!other) check.faults.push(`${door.id}: there is no door ${door.to}`)
    else if (other.to !== door.id) check.faults.push(`${door.id}: ${other.id} does not lead back`)
    else if (other.key !== door.key) check.faults.push(`${door.id}: its two sides take different keys`)
    if (door.key !== undefined) expect(check, 'item', door.key, door.id)
  }
}

function checkItems(check: Check): void {
  const { items, things, containers, creatures, start } = check.content
  for (const { id, weight, value } of items) {
    if (!Number.isInteger(weight) || weight < 1 || !Number.isInteger(value) || value < 0) {
      check.faults.push(`${id}: weight is an integer of 1 or more, value of 0 or more`)
    }
  }
  for (const thing of things) expect(check, 'item', thing.item, thing.id)
  for (const { id, key } of containers) if (key !== undefined) expect(check, 'item', key, id)
  const stocks = [
    ...containers.map((row) => ({ id: row.id, items: row.items, gold: row.gold })),
    ...creatures.map((row) => ({ id: row.id, items: row.loot, gold: row.gold })),
    { id: 'start', items: start.items, gold: start.gold },
  ]
  for (const { id, items: stock, gold } of stocks) {
    if (!Number.isInteger(gold) || gold < 0) check.faults.push(`${id}: gold is an integer of 0 or more`)
    for (const [item, count] of Object.entries(stock)) {
      expect(check, 'item', item, id)
      if (!Number.isInteger(count) || count < 1) check.faults.push(`${id}: ${item}: a count is an integer of 1 or more`)
    }
  }
}

function checkPerson(check: Check, person: PersonRow): void {
  const topics = new Set<string>()
  for (const topic of person.topics) {
    const where = `${person.id}/${topic.id}`
    if (topics.has(topic.id)) check.faults.push(`${where}: the topic stands there twice`)
    topics.add(topic.id)
    if (topic.choices && (topic.effects || topic.choices.length === 0)) {
      check.faults.push(`${where}: a topic has effects, or one choice and more that have theirs`)
    }
    for (const condition of topic.when ?? []) checkCondition(check, condition, where)
    for (const effect of topic.effects ?? []) checkEffect(check, effect, where)
    for (const [index, choice] of (topic.choices ?? []).entries()) {
      for (const condition of choice.needs ?? []) checkCondition(check, condition, `${where}[${index}]`)
      for (const effect of choice.effects ?? []) checkEffect(check, effect, `${where}[${index}]`)
      checkCovered(check, [...(topic.when ?? []), ...(choice.needs ?? [])], choice.effects ?? [], `${where}[${index}]`)
    }
    checkCovered(check, topic.when ?? [], topic.effects ?? [], where)
  }
}

/** Conditions must guarantee the total that effects take: gold and items never go below zero. */
function checkCovered(check: Check, sure: readonly Condition[], effects: readonly Effect[], where: string): void {
  const owed = new Map<string, number>()
  for (const effect of effects) {
    if (effect.kind === 'pay') owed.set('gold', (owed.get('gold') ?? 0) + effect.amount)
    if (effect.kind === 'take') owed.set(effect.item, (owed.get(effect.item) ?? 0) + effect.count)
  }
  for (const [what, amount] of owed) {
    const isCovered = sure.some(
      (each) =>
        (each.kind === 'gold' && what === 'gold' && each.amount >= amount) ||
        (each.kind === 'has' && each.item === what && each.count >= amount),
    )
    if (!isCovered) check.faults.push(`${where}: takes what no condition makes sure of (${amount} ${what})`)
  }
}

function checkStage(check: Check, quest: string, stage: number, where: string): void {
  expect(check, 'quest', quest, where)
  const row = check.content.quests.find((each) => each.id === quest)
  if (row && stage !== 0 && !row.stages.some((each) => each.stage === stage)) {
    check.faults.push(`${where}: ${quest} has no stage ${stage}`)
  }
}

function checkCondition(check: Check, condition: Condition, where: string): void {
  switch (condition.kind) {
    case 'stage':
      checkStage(check, condition.quest, condition.from, where)
      checkStage(check, condition.quest, condition.to, where)
      break
    case 'has':
    case 'lacks':
      expect(check, 'item', condition.item, where)
      break
    case 'slain':
      expect(check, 'creature', condition.creature, where)
      break
    case 'within':
      expect(check, 'cell', condition.cell, where)
      break
    case 'gold':
    case 'disposition':
      break
  }
}

function checkEffect(check: Check, effect: Effect, where: string): void {
  if (effect.kind === 'stage') checkStage(check, effect.quest, effect.stage, where)
  if (effect.kind === 'give' || effect.kind === 'take') expect(check, 'item', effect.item, where)
  const amount =
    effect.kind === 'stage' ? 0 : effect.kind === 'give' || effect.kind === 'take' ? effect.count : effect.amount
  if (!Number.isInteger(amount) || (effect.kind !== 'disposition' && amount < 0)) {
    check.faults.push(`${where}: ${effect.kind}: an amount is an integer of 0 or more`)
  }
}

function checkGoal(check: Check, goal: Goal, where: string): void {
  switch (goal.act) {
    case 'ask': {
      const topic = check.content.people
        .find((each) => each.id === goal.person)
        ?.topics.find((each) => each.id === goal.topic)
      if (!topic) check.faults.push(`${where}: ${goal.person} has no topic ${goal.topic}`)
      else if (goal.choice === undefined ? topic.choices : !topic.choices?.[goal.choice]) {
        check.faults.push(`${where}: ${goal.person}/${goal.topic} has other choices`)
      }
      break
    }
    case 'gather':
      if (!check.content.things.some((thing) => thing.item === goal.item)) {
        check.faults.push(`${where}: no ${goal.item} lies about`)
      }
      break
    case 'slay':
      expect(check, 'creature', goal.creature, where)
      break
    case 'search':
      expect(check, 'container', goal.container, where)
      break
    case 'go':
      expect(check, 'cell', goal.cell, where)
      break
  }
}

function checkQuest(check: Check, quest: QuestRow): void {
  checkGoal(check, quest.start, quest.id)
  let before = 0
  for (const [index, row] of quest.stages.entries()) {
    const where = `${quest.id} ${row.stage}`
    const isLast = index === quest.stages.length - 1
    if (!Number.isInteger(row.stage) || row.stage <= before) check.faults.push(`${where}: stages are integers and rise`)
    before = row.stage
    if (isLast !== (row.goal === undefined)) check.faults.push(`${where}: every stage but the last has a goal`)
    if ((row.until === undefined) !== (row.next === undefined))
      check.faults.push(`${where}: until and next go together`)
    if (row.goal) checkGoal(check, row.goal, where)
    if (row.next !== undefined) {
      checkStage(check, quest.id, row.next, where)
      if (row.next <= row.stage) check.faults.push(`${where}: next lies behind it`)
    }
    for (const condition of row.until ?? []) checkCondition(check, condition, where)
  }
  if (before === 0) check.faults.push(`${quest.id}: has no stages`)
}

function checkStart(check: Check): void {
  const { start } = check.content
  if (start.tiles.length < 4) check.faults.push('start: four agents need four tiles')
  if (!Object.hasOwn(start.items, start.weapon)) check.faults.push(`start: ${start.weapon} is not among the items`)
}
