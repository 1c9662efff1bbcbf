// The state's digest: 64 bits over its canonical binary form. Parts are included by id, cells by number; derived data
// (lines, links, nets, schedules) is excluded.
import { absent } from '../../kernel/at.ts'
import { Digester } from '../../kernel/digest.ts'
import { ITEM_COUNT } from './catalogue.ts'
import { ENABLED, IN_CYCLE, PORTS } from './node-table.ts'
import { isNodeKind } from './placement.ts'
import { beltItems, ITEMS_PER_BELT } from './positions.ts'
import type { Foundry } from './state.ts'
import { syncWork } from './work.ts'

export function digestFoundry(f: Foundry): string {
  const digester = new Digester()
  const { size, parts, ledger } = f
  digester.words([size.x, size.y, size.z, f.seed, f.config.emission_permille])
  digester.long(f.tick)
  digester.words(f.random)
  digester.word(f.sun)
  digester.long(f.completedAt)
  for (const goal of f.goals) digester.long(goal.done)
  digester.words(f.deposits)
  for (const inventory of f.inventories) for (const count of inventory) digester.word(count)
  for (const counts of [ledger.mined, ledger.made, ledger.consumed, ledger.delivered, ledger.destroyed]) {
    for (const count of counts) digester.long(count)
  }
  for (const count of [ledger.generated, ledger.used, ledger.spilled, ledger.lost]) digester.long(count)
  for (const count of [ledger.emitted, ledger.scrubbed, ledger.vented]) digester.long(count)
  digester.word(parts.last)
  digester.word(parts.count)
  digestParts(f, digester)
  const { value } = f.air
  for (let cell = 0; cell < value.length; cell++) {
    const amount = value[cell] ?? absent()
    if (amount === 0) continue
    digester.word(cell)
    digester.word(amount)
  }
  return digester.end()
}

function digestParts(f: Foundry, digester: Digester): void {
  const { parts } = f
  const items = beltItems(f)
  for (let part = 1; part <= parts.last; part++) {
    const def = parts.def[part] ?? absent()
    if (def === 0) continue
    digester.word(part)
    digester.word(def | ((parts.facing[part] ?? absent()) << 8) | ((parts.owner[part] ?? absent()) << 16))
    digester.word((parts.origin[part] ?? absent()) * 2 + (parts.isFixed[part] ?? absent()))
    const at = part * ITEMS_PER_BELT
    if (isNodeKind(def - 1)) digestNode(f, digester, parts.row[part] ?? absent())
    else digester.word((items[at] ?? absent()) | ((items[at + 1] ?? absent()) << 16))
  }
}

function digestNode(f: Foundry, digester: Digester, row: number): void {
  const { nodes } = f
  syncWork(f, row)
  digester.word((nodes.flags[row] ?? absent()) & (ENABLED | IN_CYCLE))
  digester.word(
    (nodes.recipe[row] ?? absent()) | ((nodes.core[row] ?? absent()) << 8) | ((nodes.turn[row] ?? absent()) << 16),
  )
  digester.word(nodes.progress[row] ?? absent())
  digester.word(nodes.energy[row] ?? absent())
  digester.words(nodes.slot.subarray(row * PORTS, row * PORTS + PORTS))
  for (let at = row * ITEM_COUNT; at < (row + 1) * ITEM_COUNT; at++) {
    digester.word((nodes.stock[at] ?? absent()) | ((nodes.ready[at] ?? absent()) << 16))
  }
}
