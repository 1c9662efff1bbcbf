// Reads a saved foundry. Shape, references and physics are checked; the first fault is reported by its JSON path, and
// nothing is returned until every check has passed.

import { absent } from '../../kernel/at.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { addContamination, contaminationIn } from './air-table.ts'
import { findImbalance } from './balance.ts'
import {
  defNumber,
  FACINGS,
  ITEM_COUNT,
  ITEM_UNITS,
  ITEMS,
  itemNumber,
  PARTS,
  READY_ITEMS,
  STORAGE_ITEMS,
} from './catalogue.ts'
import { allowedRecipes } from './commands.ts'
import { noticeAir } from './contamination.ts'
import { cellAt } from './geometry.ts'
import { buildLines, type LooseBelts } from './lines.ts'
import { isBelt } from './links.ts'
import { findMisfit } from './load-checks.ts'
import { recipeOf, refreshMachine, wantedOf } from './machines.ts'
import { joinNets } from './nets.ts'
import { ENABLED, IN_CYCLE, PORTS, setFlag } from './node-table.ts'
import { reserveParts } from './part-table.ts'
import { cellsOf, defOf, shapeOf } from './parts.ts'
import { cellsFor, enterPart, isInside, isNodeKind, linkNode } from './placement.ts'
import { beltItems, ITEMS_PER_BELT } from './positions.ts'
import { FUEL, recipeNumber } from './recipes.ts'
import { SavedFoundry, type SavedPart } from './save-schema.ts'
import { createEmpty, type Foundry } from './state.ts'
import { FLOOR_LAYER, partsAround } from './support.ts'
import { workNeeded } from './work.ts'

function fault(path: string, message: string): AppError {
  return new AppError('STATE_INVALID', `State of foundry is not valid: ${path}: ${message}`, {
    details: { faults: [{ path, message }] },
  })
}

/** @throws AppError STATE_INVALID naming the first fault by its JSON path */
export function loadFoundry(saved: JsonValue): Foundry {
  const state = parseWith(SavedFoundry, saved, { code: 'STATE_INVALID', what: 'State of foundry' })
  const f = createEmpty(state.config, state.seed)
  readCounters(f, state)
  readGround(f, state)
  const loose = readParts(f, state)
  checkSupport(f, state)
  buildLines(f, loose)
  checkItems(f, state)
  readContamination(f, state)
  for (const { id } of state.parts) {
    linkNode(f, id)
    joinNets(f, id)
  }
  const misfit = findMisfit(f)
  if (misfit) throw fault(misfit.path, misfit.message)
  const imbalance = findImbalance(f)
  if (imbalance) throw fault(imbalance.path, imbalance.message)
  for (const { id } of state.parts) {
    const def = defOf(f, id)
    noticeAir(f, id, def)
    if (def.kind === 'machine') refreshMachine(f, f.parts.row[id] ?? absent())
  }
  return f
}

function readCounters(f: Foundry, state: SavedFoundry): void {
  if (state.goals.length !== f.goals.length) throw fault('$.goals', `expected ${f.goals.length} numbers, one a goal`)
  if (state.inventories.length !== f.inventories.length) {
    throw fault('$.inventories', `expected ${f.inventories.length}, one per slot`)
  }
  if (state.random.every((word) => word === 0)) throw fault('$.random', 'a generator is never all zero')
  f.tick = state.tick
  f.random.splice(0, 4, ...state.random)
  f.sun = state.sun
  f.completedAt = state.completed_at ?? -1
  for (const [i, done] of state.goals.entries()) f.goals.splice(i, 1, { done })
  const { mined, made, consumed, delivered, destroyed, ...rest } = state.ledger
  for (const [from, to] of [
    [mined, f.ledger.mined],
    [made, f.ledger.made],
    [consumed, f.ledger.consumed],
    [delivered, f.ledger.delivered],
    [destroyed, f.ledger.destroyed],
  ] as const) {
    to.splice(0, to.length, ...from)
  }
  Object.assign(f.ledger, rest)
  for (const [slot, counts] of state.inventories.entries()) {
    const stray = Object.keys(counts).find((id) => defNumber(id) < 0)
    if (stray !== undefined) throw fault(`$.inventories[${slot}].${stray}`, `there is no part ${stray}`)
    f.inventories[slot] = PARTS.map(({ id }) => counts[id] ?? 0)
  }
}

function readGround(f: Foundry, state: SavedFoundry): void {
  f.deposits.fill(0)
  for (const [i, { x, z, item }] of state.deposits.entries()) {
    if (x >= f.size.x || z >= f.size.z) throw fault(`$.deposits[${i}]`, 'lies outside the grid')
    if (f.deposits[z * f.size.x + x] !== 0) throw fault(`$.deposits[${i}]`, 'lies on another deposit')
    f.deposits[z * f.size.x + x] = itemNumber(item)
  }
}

function readParts(f: Foundry, state: SavedFoundry): LooseBelts {
  const loose: LooseBelts = new Map()
  let last = 0
  for (const [i, saved] of state.parts.entries()) {
    const path = `$.parts[${i}]`
    if (saved.id <= last) throw fault(`${path}.id`, 'part ids ascend, each once')
    if (saved.id > state.last_part) throw fault(`${path}.id`, `is higher than last_part, ${state.last_part}`)
    last = saved.id
    readPart(f, saved, path)
    if (isBelt(f, saved.id)) loose.set(saved.id, readItems(saved, path))
    else if (saved.items) throw fault(`${path}.items`, `a ${saved.def_id} carries no items`)
  }
  reserveParts(f.parts, state.last_part)
  f.parts.last = state.last_part
  return loose
}

function readPart(f: Foundry, saved: SavedPart, path: string): void {
  const def = defNumber(saved.def_id)
  if (def < 0) throw fault(`${path}.def_id`, `there is no part ${saved.def_id}`)
  const owner = saved.owner ?? 0
  if (owner >= f.inventories.length) throw fault(`${path}.owner`, `there is no slot ${owner}`)
  const facing = FACINGS.indexOf(saved.facing)
  for (const point of cellsFor(f, def, facing, saved.origin)) {
    if (!isInside(f.size, point)) throw fault(`${path}.origin`, 'the part reaches out of the grid')
    const there = f.cells[cellAt(f.size, point.x, point.y, point.z)] ?? absent()
    if (there < 0) throw fault(`${path}.origin`, 'the part reaches into the ground')
    if (there > 0) throw fault(`${path}.origin`, `part ${there} fills cell (${point.x}, ${point.y}, ${point.z}) too`)
  }
  enterPart(f, saved.id, { def, origin: saved.origin, facing, owner, isFixed: saved.fixed === true })
  if (isNodeKind(def)) readNode(f, saved, path)
  else checkPlain(saved, path)
}

const NODE_KEYS = ['enabled', 'recipe_id', 'progress', 'energy', 'core', 'turn', 'ports', 'stock', 'ready'] as const

function checkPlain(saved: SavedPart, path: string): void {
  for (const key of NODE_KEYS) {
    if (saved[key] !== undefined) throw fault(`${path}.${key}`, `a ${saved.def_id} has none`)
  }
}

function readNode(f: Foundry, saved: SavedPart, path: string): void {
  const { nodes } = f
  const row = f.parts.row[saved.id] ?? absent()
  const { kind, capacity } = defOf(f, saved.id)
  setFlag(nodes, row, ENABLED, saved.enabled !== false)
  if (saved.recipe_id !== undefined) {
    if (!allowedRecipes(f, saved.id).includes(saved.recipe_id)) {
      throw fault(`${path}.recipe_id`, `a ${saved.def_id} here does not follow ${saved.recipe_id}`)
    }
    nodes.recipe[row] = recipeNumber(saved.recipe_id) + 1
  }
  if (saved.progress !== undefined) {
    if (kind !== 'machine' || nodes.recipe[row] === 0) throw fault(`${path}.progress`, 'no cycle can be under way')
    if (saved.progress >= workNeeded(f, row)) throw fault(`${path}.progress`, `the cycle takes ${workNeeded(f, row)}`)
    nodes.progress[row] = saved.progress
    setFlag(nodes, row, IN_CYCLE, true)
  }
  const most = kind === 'battery' ? capacity : kind === 'generator' ? FUEL.energy : 0
  if ((saved.energy ?? 0) > most) throw fault(`${path}.energy`, `at most ${most} units have room`)
  nodes.energy[row] = saved.energy ?? 0
  readHeld(f, saved, path, row)
}

/** Items inside a node. */
function readHeld(f: Foundry, saved: SavedPart, path: string, row: number): void {
  const { nodes } = f
  const { kind } = defOf(f, saved.id)
  const { itemPorts } = shapeOf(f, saved.id)
  if (saved.core && kind !== 'splitter' && kind !== 'merger' && kind !== 'filter') {
    throw fault(`${path}.core`, `a ${saved.def_id} holds no item inside`)
  }
  nodes.core[row] = saved.core ? itemNumber(saved.core) : 0
  if ((saved.turn ?? 0) >= Math.max(1, itemPorts.length)) throw fault(`${path}.turn`, 'there is no such port')
  nodes.turn[row] = saved.turn ?? 0
  for (const [i, { port, item }] of (saved.ports ?? []).entries()) {
    const at = row * PORTS + port
    if (!itemPorts[port]?.isOut) throw fault(`${path}.ports[${i}]`, 'items wait at out ports only')
    if (nodes.slot[at] !== 0) throw fault(`${path}.ports[${i}]`, 'one item waits at a port')
    nodes.slot[at] = itemNumber(item)
  }
  let total = 0
  for (const [i, item] of ITEMS.entries()) {
    const stock = saved.stock?.[item] ?? 0
    const ready = saved.ready?.[item] ?? 0
    total += stock
    if (stock > stockLimit(f, row, i + 1))
      throw fault(`${path}.stock.${item}`, `a ${saved.def_id} has no room for them`)
    if (ready > (kind === 'machine' ? READY_ITEMS : 0))
      throw fault(`${path}.ready.${item}`, 'there is no room for them')
    nodes.stock[row * ITEM_COUNT + i] = stock
    nodes.ready[row * ITEM_COUNT + i] = ready
  }
  if (kind === 'storage' && total > STORAGE_ITEMS) throw fault(`${path}.stock`, `at most ${STORAGE_ITEMS} have room`)
}

/** Maximum number of items of a kind that a node can hold. */
function stockLimit(f: Foundry, row: number, item: number): number {
  switch (defOf(f, f.nodes.part[row] ?? absent()).kind) {
    case 'storage':
      return STORAGE_ITEMS
    case 'machine':
      return wantedOf(recipeOf(f, row), item)
    case 'generator':
      return item === FUEL.item ? FUEL.most : 0
    default:
      return 0
  }
}

function readItems(saved: SavedPart, path: string): number[] {
  checkPlain(saved, path)
  const items = saved.items ?? []
  for (const [i, { offset }] of items.entries()) {
    const before = items[i - 1]
    if (before && before.offset - offset < ITEM_UNITS) {
      throw fault(`${path}.items[${i}]`, `items go from front to back and are ${ITEM_UNITS} units apart`)
    }
  }
  return items.map(({ item, offset }) => offset * 16 + itemNumber(item))
}

/** Every part is supported: it stands on the floor, or is connected to the floor by touching parts. */
function checkSupport(f: Foundry, state: SavedFoundry): void {
  const held = new Uint8Array(state.last_part + 1)
  for (const { id, origin } of state.parts) held[id] = origin.y === FLOOR_LAYER ? 1 : 0
  const around = (part: number): number[] => partsAround(f, cellsOf(f, part), part)
  const reached: number[] = []
  for (const { id } of state.parts) {
    if (held[id] === 0 && around(id).some((other) => held[other] === 1)) reached.push(id)
  }
  for (let part = reached.pop(); part !== undefined; part = reached.pop()) {
    held[part] = 1
    for (const other of around(part)) if (held[other] === 0) reached.push(other)
  }
  const index = state.parts.findIndex(({ id }) => held[id] === 0)
  if (index >= 0) throw fault(`$.parts[${index}].origin`, 'nothing holds the part up')
}

/** Checks item positions: no overlaps, none beyond the end of its line. */
function checkItems(f: Foundry, state: SavedFoundry): void {
  const items = beltItems(f)
  for (const [i, { id, items: saved }] of state.parts.entries()) {
    for (const [j, { item, offset }] of (saved ?? []).entries()) {
      if (items[id * ITEMS_PER_BELT + j] !== 1 + offset * 16 + itemNumber(item)) {
        throw fault(`$.parts[${i}].items[${j}]`, 'the item juts out into the void, or into the item before it')
      }
    }
  }
}

function readContamination(f: Foundry, state: SavedFoundry): void {
  for (const [i, { x, y, z, amount }] of state.contamination.entries()) {
    const path = `$.contamination[${i}]`
    if (!isInside(f.size, { x, y, z }) || y === 0) throw fault(path, 'lies outside the open grid')
    const cell = cellAt(f.size, x, y, z)
    if (contaminationIn(f.air, cell) !== 0) throw fault(path, 'names a cell a second time')
    addContamination(f.air, cell, amount)
  }
}
