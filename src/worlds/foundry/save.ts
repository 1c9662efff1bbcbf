// Writes a foundry as plain JSON. load.ts reads it back.
import { absent, at } from '../../kernel/at.ts'
import { JsonObject } from '../../protocol/json.ts'
import { FACINGS, ITEM_COUNT, ITEMS, itemId, PARTS } from './catalogue.ts'
import { cellToPoint } from './geometry.ts'
import { ENABLED, hasFlag, IN_CYCLE, PORTS } from './node-table.ts'
import { isNodeKind } from './placement.ts'
import { beltItems, ITEMS_PER_BELT } from './positions.ts'
import { RECIPES } from './recipes.ts'
import { SAVE_VERSION } from './save-schema.ts'
import type { Foundry } from './state.ts'
import { syncWork } from './work.ts'

type Draft = Record<string, JsonObject[string]>

export function saveFoundry(f: Foundry): JsonObject {
  const { ledger } = f
  return {
    version: SAVE_VERSION,
    config: JsonObject.parse(f.config),
    seed: f.seed,
    tick: f.tick,
    random: [...f.random],
    sun: f.sun,
    last_part: f.parts.last,
    completed_at: f.completedAt < 0 ? null : f.completedAt,
    goals: f.goals.map(({ done }) => done),
    ledger: structuredClone({ ...ledger }),
    inventories: f.inventories.map((counts) => nameCounts(counts, 0, PARTS)),
    deposits: saveDeposits(f),
    parts: saveParts(f),
    contamination: saveContamination(f),
  }
}

/** Counts by id, without zeros. */
export function nameCounts(
  counts: ArrayLike<number>,
  start: number,
  names: readonly ({ readonly id: string } | string)[],
): Record<string, number> {
  const named: Record<string, number> = {}
  for (const [i, name] of names.entries()) {
    const count = counts[start + i] ?? absent()
    if (count !== 0) named[typeof name === 'string' ? name : name.id] = count
  }
  return named
}

function saveDeposits(f: Foundry): JsonObject[] {
  const deposits: JsonObject[] = []
  for (const [cell, item] of f.deposits.entries()) {
    if (item !== 0) deposits.push({ x: cell % f.size.x, z: Math.trunc(cell / f.size.x), item: itemId(item) ?? '' })
  }
  return deposits
}

function saveContamination(f: Foundry): JsonObject[] {
  const cells: JsonObject[] = []
  for (const [cell, amount] of f.air.value.entries()) {
    if (amount > 0) cells.push({ ...cellToPoint(f.size, cell), amount })
  }
  return cells
}

function saveParts(f: Foundry): JsonObject[] {
  const { parts } = f
  const items = beltItems(f)
  const saved: JsonObject[] = []
  for (let part = 1; part <= parts.last; part++) {
    if (parts.def[part] !== 0) saved.push(savePart(f, part, items))
  }
  return saved
}

/** One part; `items` contains those of all belts. */
export function savePart(f: Foundry, part: number, items: Uint16Array): JsonObject {
  const { parts } = f
  const def = (parts.def[part] ?? absent()) - 1
  const { x, y, z } = cellToPoint(f.size, parts.origin[part] ?? absent())
  const draft: Draft = {
    id: part,
    def_id: PARTS[def]?.id ?? '',
    origin: { x, y, z },
    facing: at(FACINGS, parts.facing[part] ?? absent()),
  }
  if (parts.owner[part] !== 0) draft.owner = parts.owner[part] ?? absent()
  if (parts.isFixed[part] === 1) draft.fixed = true
  if (isNodeKind(def)) saveNode(f, parts.row[part] ?? absent(), draft)
  else if (items[part * ITEMS_PER_BELT] !== 0) draft.items = saveItems(items, part)
  return draft
}

function saveItems(items: Uint16Array, part: number): JsonObject[] {
  const saved: JsonObject[] = []
  for (const packed of items.subarray(part * ITEMS_PER_BELT, (part + 1) * ITEMS_PER_BELT)) {
    if (packed !== 0) saved.push({ item: itemId((packed - 1) & 15) ?? '', offset: (packed - 1) >> 4 })
  }
  return saved
}

function saveNode(f: Foundry, row: number, draft: Draft): void {
  const { nodes } = f
  syncWork(f, row)
  if (!hasFlag(nodes, row, ENABLED)) draft.enabled = false
  const recipe = RECIPES[(nodes.recipe[row] ?? absent()) - 1]
  if (recipe) draft.recipe_id = recipe.id
  if (hasFlag(nodes, row, IN_CYCLE)) draft.progress = nodes.progress[row] ?? absent()
  if (nodes.energy[row] !== 0) draft.energy = nodes.energy[row] ?? absent()
  const core = itemId(nodes.core[row] ?? absent())
  if (core) draft.core = core
  if (nodes.turn[row] !== 0) draft.turn = nodes.turn[row] ?? absent()
  const ports: JsonObject[] = []
  for (let port = 0; port < PORTS; port++) {
    const item = itemId(nodes.slot[row * PORTS + port] ?? absent())
    if (item) ports.push({ port, item })
  }
  if (ports.length > 0) draft.ports = ports
  const stock = nameCounts(nodes.stock, row * ITEM_COUNT, ITEMS)
  if (Object.keys(stock).length > 0) draft.stock = stock
  const ready = nameCounts(nodes.ready, row * ITEM_COUNT, ITEMS)
  if (Object.keys(ready).length > 0) draft.ready = ready
}
