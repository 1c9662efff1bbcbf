// Contamination, one integer a cell, and which cells may change in the next tick. The rules stand in contamination.ts.
import { absent } from '../../kernel/at.ts'

export interface Air {
  /** Empty until something is emitted: a world without contamination pays no memory for it. */
  value: Int32Array
  /** What this tick's spreading adds to a cell; zero between ticks. */
  change: Int32Array
  /** The last round in which a cell was looked at. */
  seen: Int32Array
  round: number
  /** Cells to look at in the next round, each marked in `isListed`. */
  listed: number[]
  spare: number[]
  isListed: Uint8Array
  /** Sum over all cells. */
  total: number
  readonly cellCount: number
}

export function createAir(cellCount: number): Air {
  const none = new Int32Array(0)
  const isListed = new Uint8Array(0)
  return { value: none, change: none, seen: none, round: 0, listed: [], spare: [], isListed, total: 0, cellCount }
}

/** Makes the columns, once. */
function openAir(air: Air): void {
  if (air.value.length > 0) return
  air.value = new Int32Array(air.cellCount)
  air.change = new Int32Array(air.cellCount)
  air.seen = new Int32Array(air.cellCount)
  air.isListed = new Uint8Array(air.cellCount)
}

/** Has the next round look at a cell. */
export function listCell(air: Air, cell: number): void {
  if (air.isListed[cell] !== 0) return
  air.isListed[cell] = 1
  air.listed.push(cell)
}

/** Changes what is in a cell. */
export function addContamination(air: Air, cell: number, amount: number): void {
  openAir(air)
  air.value[cell] = (air.value[cell] ?? absent()) + amount
  air.total += amount
  listCell(air, cell)
}

export function contaminationIn(air: Air, cell: number): number {
  return air.value.length === 0 ? 0 : (air.value[cell] ?? absent())
}
