// The views of a foundry for people and agents: a summary, and a crew's observation. The viewer's data is in
// spectate.ts.
import { at, atKey } from '../../kernel/at.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { FACINGS, ITEMS, PARTS } from './catalogue.ts'
import { cellToPoint, type Size } from './geometry.ts'
import { reportObjective } from './objective.ts'
import { nameCounts } from './save.ts'
import { listDeposits } from './spectate.ts'
import type { Foundry } from './state.ts'
import { PART_STATES, PowerOutlook, stateOf } from './status.ts'

export function summarizeFoundry(f: Foundry): JsonObject {
  const { ledger } = f
  const produced = ITEMS.map((_, i) => at(ledger.mined, i) + at(ledger.made, i))
  const inventory = PARTS.map((_, def) => f.inventories.reduce((sum, counts) => sum + at(counts, def), 0))
  return {
    size: { ...f.size },
    parts: f.parts.count,
    objective: reportObjective(f),
    contamination: f.air.total,
    produced_total: nameCounts(produced, 0, ITEMS),
    build_inventory: nameCounts(inventory, 0, PARTS),
    ...(f.inventories.length > 1
      ? { build_inventories: f.inventories.map((counts) => nameCounts(counts, 0, PARTS)) }
      : {}),
    part_state_counts: countStates(f),
  }
}

function countStates(f: Foundry): Record<string, number> {
  const outlook = new PowerOutlook(f)
  const counts = new Map<string, number>()
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] === 0) continue
    const state = stateOf(f, part, outlook)
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return Object.fromEntries(PART_STATES.flatMap((state) => (counts.has(state) ? [[state, atKey(counts, state)]] : [])))
}

const point = ({ x, y, z }: Size): JsonObject => ({ x, y, z })

function listParts(f: Foundry): JsonObject[] {
  const outlook = new PowerOutlook(f)
  const listed: JsonObject[] = []
  for (let part = 1; part <= f.parts.last; part++) {
    const def = PARTS[at(f.parts.def, part) - 1]
    if (!def) continue
    listed.push({
      id: part,
      def_id: def.id,
      origin: point(cellToPoint(f.size, at(f.parts.origin, part))),
      facing: at(FACINGS, at(f.parts.facing, part)),
      state: stateOf(f, part, outlook),
    })
  }
  return listed
}

/** The observation of a slot's crew: the whole floor, and its own build inventory. */
export function observeFoundry(f: Foundry, slot: number): JsonObject {
  const plot = f.config.plots[slot]
  return {
    tick: f.tick,
    size: { ...f.size },
    plot: plot ? { ...plot } : null,
    deposits: listDeposits(f),
    objective: reportObjective(f),
    contamination: f.air.total,
    build_inventory: nameCounts(f.inventories[slot] ?? [], 0, PARTS),
    delivered: nameCounts(f.ledger.delivered, 0, ITEMS),
    parts: listParts(f),
  }
}
