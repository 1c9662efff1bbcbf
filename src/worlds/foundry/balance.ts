// Bookkeeping: the totals present, and whether they match everything that has happened.
import { absent } from '../../kernel/at.ts'
import { ITEM_COUNT, ITEMS } from './catalogue.ts'
import { PORTS } from './node-table.ts'
import { isNodeKind } from './placement.ts'
import { addCount, type Foundry } from './state.ts'

/** Items on belts, in nodes and at ports, by item number - 1. */
export function itemsPresent(f: Foundry): number[] {
  const present = new Array<number>(ITEM_COUNT).fill(0)
  const { belts, nodes, parts } = f
  for (let line = 1; line <= belts.lastLine; line++) {
    for (let item = belts.head[line] ?? absent(); item !== 0; item = belts.behind[item] ?? absent()) {
      addCount(present, (belts.kind[item] ?? absent()) - 1, 1)
    }
  }
  for (let part = 1; part <= parts.last; part++) {
    const def = parts.def[part] ?? absent()
    if (def === 0 || !isNodeKind(def - 1)) continue
    const row = parts.row[part] ?? absent()
    if (nodes.core[row] !== 0) addCount(present, (nodes.core[row] ?? absent()) - 1, 1)
    for (let port = row * PORTS; port < (row + 1) * PORTS; port++) {
      if (nodes.slot[port] !== 0) addCount(present, (nodes.slot[port] ?? absent()) - 1, 1)
    }
    for (let i = 0; i < ITEM_COUNT; i++) {
      const cell = row * ITEM_COUNT + i
      addCount(present, i, (nodes.stock[cell] ?? absent()) + (nodes.ready[cell] ?? absent()))
    }
  }
  return present
}

/** Units of energy in batteries. */
export function energyStored(f: Foundry): number {
  let stored = 0
  for (const net of f.nets.byId) for (const row of net?.batteries ?? []) stored += f.nodes.energy[row] ?? absent()
  return stored
}

/** Units of contamination in all cells. */
function contaminationPresent(f: Foundry): number {
  let present = 0
  for (const amount of f.air.value) present += amount
  return present
}

/** The first imbalance as `{path, message}`; undefined: everything balances. */
export function findImbalance(f: Foundry): { path: string; message: string } | undefined {
  const { ledger } = f
  const present = itemsPresent(f)
  for (const [i, item] of ITEMS.entries()) {
    const came = (ledger.mined[i] ?? absent()) + (ledger.made[i] ?? absent())
    const went =
      (ledger.consumed[i] ?? absent()) + (ledger.delivered[i] ?? absent()) + (ledger.destroyed[i] ?? absent())
    if (came !== went + (present[i] ?? absent())) {
      const message = `${came} ${item} came, ${went} went and ${present[i] ?? absent()} are there`
      return { path: '$.ledger', message }
    }
  }
  const energy = ledger.used + ledger.spilled + ledger.lost + energyStored(f)
  if (ledger.generated !== energy) {
    return { path: '$.ledger.generated', message: `${ledger.generated} units of energy were generated, not ${energy}` }
  }
  const contamination = contaminationPresent(f)
  const emitted = contamination + ledger.scrubbed + ledger.vented
  if (ledger.emitted !== emitted || f.air.total !== contamination) {
    return {
      path: '$.ledger.emitted',
      message: `${ledger.emitted} units of contamination were emitted, not ${emitted}`,
    }
  }
  return undefined
}
