// Contamination, one integer per cell, and the cells that may change in the next tick. The rules are in
// contamination.ts.
import { absent } from '../../kernel/at.ts'

export interface Air {
  /** Empty until something is emitted: a world without contamination uses no memory for it. */
  value: Int32Array
  /** The change to a cell from this tick's spreading; zero between ticks. */
  change: Int32Array
  /** The last round in which a cell was processed. */
  seen: Int32Array
  round: number
  /** Cells to process in the next round, each marked in `isListed`. */
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

/** Allocates the columns, once. */
function openAir(air: Air): void {
  if (air.value.length > 0) return
  air.value = new Int32Array(air.cellCount)
  air.change = new Int32Array(air.cellCount)
  air.seen = new Int32Array(air.cellCount)
  air.isListed = new Uint8Array(air.cellCount)
}

/** Lists a cell for the next round. */
export function listCell(air: Air, cell: number): void {
  if (air.isListed[cell] !== 0) return
  air.isListed[cell] = 1
  air.listed.push(cell)
}

/** Changes the contamination of a cell. */
export function addContamination(air: Air, cell: number, amount: number): void {
  openAir(air)
  air.value[cell] = (air.value[cell] ?? absent()) + amount
  air.total += amount
  listCell(air, cell)
}

export function contaminationIn(air: Air, cell: number): number {
  return air.value.length === 0 ? 0 : (air.value[cell] ?? absent())
}
