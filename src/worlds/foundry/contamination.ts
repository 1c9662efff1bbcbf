// Contamination: machines emit it, it spreads between neighbouring cells, and scrubbers and vents remove it.
//
// In every tick, each pair of open neighbours exchanges an eighth of its difference, rounded towards zero, computed
// from the values before the tick. So the total is preserved, the order of cells does not matter, and a cell never
// gives more than it has (six neighbours, an eighth each). Cells without flow or change cost nothing.
import { absent } from '../../kernel/at.ts'
import { type Air, addContamination, contaminationIn, listCell } from './air-table.ts'
import { PARTS, type PartDef } from './catalogue.ts'
import { cellToPoint, neighbour } from './geometry.ts'
import { refreshMachine, setRunning } from './machines.ts'
import { ENABLED, FOULED, hasFlag, setFlag } from './node-table.ts'
import { anchorOf, cellsOf, defOf, partIn } from './parts.ts'
import type { Foundry } from './state.ts'
import { FULL, satisfactionOf } from './work.ts'

/** A cell gives each neighbour with less contamination 1 / FLOW_SHARE of the difference. */
const FLOW_SHARE = 8

/** The fourth phase of a tick. This tick's emissions are already in the cells. */
export function spreadContamination(f: Foundry): void {
  const { air } = f
  if (air.listed.length === 0 && f.cleaners.size === 0) return
  const looked = air.listed
  air.listed = air.spare
  air.round++
  for (const cell of looked) {
    air.isListed[cell] = 0
    air.seen[cell] = air.round
  }
  for (const cell of looked) if (isOpen(f, cell)) flow(f, cell)
  for (const cell of air.listed) {
    air.value[cell] = (air.value[cell] ?? absent()) + (air.change[cell] ?? absent())
    air.change[cell] = 0
  }
  for (const row of f.cleaners) clean(f, row)
  for (const cell of looked) react(f, cell)
  for (const cell of air.listed) react(f, cell)
  looked.length = 0
  air.spare = looked
}

function isOpen(f: Foundry, cell: number): boolean {
  const part = f.cells[cell] ?? absent()
  if (part <= 0) return part === 0
  return PARTS[(f.parts.def[part] ?? absent()) - 1]?.isSealed === false
}

/** Exchanges with the neighbours of a cell, each pair once. */
function flow(f: Foundry, cell: number): void {
  const { air, size } = f
  const value = air.value[cell] ?? absent()
  for (let direction = 0; direction < 6; direction++) {
    const other = neighbour(size, cell, direction)
    if (other < 0 || (other < cell && air.seen[other] === air.round)) continue
    const amount = Math.trunc((value - (air.value[other] ?? absent())) / FLOW_SHARE)
    if (amount === 0 || !isOpen(f, other)) continue
    move(air, cell, other, amount)
  }
}

function move(air: Air, from: number, to: number, amount: number): void {
  air.change[from] = (air.change[from] ?? absent()) - amount
  air.change[to] = (air.change[to] ?? absent()) + amount
  listCell(air, from)
  listCell(air, to)
}

/** A vent works only at the outer faces of the grid and needs no power. */
export function canVent(f: Foundry, part: number): boolean {
  const { size } = f
  const { x, y, z } = cellToPoint(size, f.parts.origin[part] ?? absent())
  return x === 0 || z === 0 || x === size.x - 1 || z === size.z - 1 || y === size.y - 1
}

function clean(f: Foundry, row: number): void {
  const part = f.nodes.part[row] ?? absent()
  const def = defOf(f, part)
  const isVent = def.kind === 'vent'
  const power = isVent ? FULL : hasFlag(f.nodes, row, ENABLED) ? satisfactionOf(f, part) : 0
  const amount = Math.trunc((def.cleans * power) / FULL)
  for (const cell of cellsOf(f, part)) {
    const taken = Math.min(amount, contaminationIn(f.air, cell))
    if (taken === 0) continue
    addContamination(f.air, cell, -taken)
    if (isVent) f.ledger.vented += taken
    else f.ledger.scrubbed += taken
  }
}

/** Updates the part in a cell after a change of its contamination. */
function react(f: Foundry, cell: number): void {
  const part = partIn(f, cell)
  if (part !== 0) noticeAir(f, part, defOf(f, part))
}

/** Updates a part's state from the contamination around it. */
export function noticeAir(f: Foundry, part: number, def: PartDef): void {
  const row = f.parts.row[part] ?? absent()
  if (def.tolerance > 0) {
    const isFouled = contaminationIn(f.air, anchorOf(f, part)) > def.tolerance
    if (isFouled !== hasFlag(f.nodes, row, FOULED)) {
      setFlag(f.nodes, row, FOULED, isFouled)
      refreshMachine(f, row)
    }
  } else if (def.cleans > 0) {
    const hasWork = cellsOf(f, part).some((cell) => contaminationIn(f.air, cell) > 0)
    const canWork = hasWork && (def.kind === 'scrubber' || canVent(f, part))
    if (canWork) f.cleaners.add(row)
    else f.cleaners.delete(row)
    if (def.kind === 'scrubber') setRunning(f, row, hasWork && hasFlag(f.nodes, row, ENABLED))
  }
}

/** Lists the cells of an added or removed part and their neighbours: a closed cell may now be open. */
export function stirAir(f: Foundry, cells: readonly number[]): void {
  if (f.air.value.length === 0) return
  for (const cell of cells) {
    listCell(f.air, cell)
    for (let direction = 0; direction < 6; direction++) {
      const other = neighbour(f.size, cell, direction)
      if (other >= 0) listCell(f.air, other)
    }
  }
}
