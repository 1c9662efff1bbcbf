// The viewer's data, in columns: a floor of 100,000 parts takes two megabytes instead of eleven. Data that only
// building changes has its own key (`parts`), so that a delta between two ticks omits it.
import { at } from '../../kernel/at.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { ITEMS, itemId, PARTS } from './catalogue.ts'
import { reportObjective } from './objective.ts'
import { beltItems, ITEMS_PER_BELT } from './positions.ts'
import { planPower } from './power.ts'
import { nameCounts } from './save.ts'
import type { Foundry } from './state.ts'
import { PART_STATES, PowerOutlook, stateOf } from './status.ts'

/** The encoding of an entry of `items`: part * ITEM_PART + offset * ITEM_OFFSET + item number. */
const ITEM_PART = 256
const ITEM_OFFSET = 16

/**
 * The public view.
 *
 * `parts`: equally long columns by part, ids ascending; `def` from 0 as in the catalogue, `origin` a cell number ((y *
 * size.z + z) * size.x + x), `net` the lowest part id of its power net or 0. `states`: one digit per part, its index in
 * PART_STATES. `items`: packed, see ITEM_PART. `nets`: a flat list of id, supply, demand and satisfaction (permille).
 * `air`: a flat list of cell and amount.
 */
export function spectateFoundry(f: Foundry): JsonObject {
  return {
    tick: f.tick,
    size: { ...f.size },
    sun: f.sun,
    deposits: listDeposits(f),
    plots: f.config.plots.map((plot) => ({ ...plot })),
    zones: f.config.zones.map(({ def_id, from, to }) => ({ def_id, from: { ...from }, to: { ...to } })),
    objective: reportObjective(f),
    delivered: nameCounts(f.ledger.delivered, 0, ITEMS),
    inventories: f.inventories.map((counts) => nameCounts(counts, 0, PARTS)),
    contamination: f.air.total,
    parts: columnsOf(f),
    states: statesOf(f),
    items: itemsOf(f),
    nets: netsOf(f),
    air: airOf(f),
  }
}

export function listDeposits(f: Foundry): JsonObject[] {
  const listed: JsonObject[] = []
  for (const [cell, item] of f.deposits.entries()) {
    if (item !== 0) listed.push({ x: cell % f.size.x, y: 0, z: Math.trunc(cell / f.size.x), item: itemId(item) ?? '' })
  }
  return listed
}

function columnsOf(f: Foundry): JsonObject {
  const { parts } = f
  const id: number[] = []
  const def: number[] = []
  const facing: number[] = []
  const origin: number[] = []
  const net: number[] = []
  const owner: number[] = []
  const fixed: number[] = []
  const lowest = new Map<number, number>()
  for (let part = 1; part <= parts.last; part++) {
    if (parts.def[part] === 0) continue
    id.push(part)
    def.push(at(parts.def, part) - 1)
    facing.push(at(parts.facing, part))
    origin.push(at(parts.origin, part))
    owner.push(at(parts.owner, part))
    if (parts.isFixed[part] === 1) fixed.push(part)
    const own = at(parts.net, part)
    if (own !== 0 && !lowest.has(own)) lowest.set(own, part)
    net.push(own === 0 ? 0 : (lowest.get(own) ?? part))
  }
  return { id, def, facing, origin, net, owner: f.inventories.length > 1 ? owner : [], fixed }
}

function statesOf(f: Foundry): string {
  const outlook = new PowerOutlook(f)
  const digits: string[] = []
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] !== 0) digits.push(`${PART_STATES.indexOf(stateOf(f, part, outlook))}`)
  }
  return digits.join('')
}

function itemsOf(f: Foundry): number[] {
  const items: number[] = []
  const packed = beltItems(f)
  for (let place = 0; place < packed.length; place++) {
    const one = at(packed, place)
    if (one === 0) continue
    const part = Math.trunc(place / ITEMS_PER_BELT)
    items.push(part * ITEM_PART + ((one - 1) >> 4) * ITEM_OFFSET + ((one - 1) & 15))
  }
  return items
}

function netsOf(f: Foundry): number[] {
  const nets: number[] = []
  const seen = new Set<number>()
  for (let part = 1; part <= f.parts.last; part++) {
    const own = f.parts.def[part] === 0 ? 0 : at(f.parts.net, part)
    const net = own === 0 || seen.has(own) ? undefined : f.nets.byId[own]
    if (!net) continue
    seen.add(own)
    const { solar, fuelled, isBurning, demand, satisfaction } = planPower(f, net)
    nets.push(part, solar + (isBurning ? fuelled : 0), demand, satisfaction)
  }
  return nets
}

function airOf(f: Foundry): number[] {
  const air: number[] = []
  const { value } = f.air
  for (let cell = 0; cell < value.length; cell++) {
    const amount = at(value, cell)
    if (amount > 0) air.push(cell, amount)
  }
  return air
}
