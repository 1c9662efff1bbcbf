// The view's data about the parts of a floor: columns, the part in each cell, and the turns of belts. It changes only
// when somebody builds; data that changes with every tick is in scene.ts.

import { read } from '../../../kernel/view/read.ts'
import { DIRECTIONS, PARTS } from '../catalogue.ts'
import { cellAt, cellToPoint, createShapes, neighbour, opposite, type Shape, type Size, UP } from '../geometry.ts'

export interface PartColumns {
  /** Ascending. */
  readonly id: Int32Array
  /** From 0, as in the catalogue. */
  readonly def: Int32Array
  readonly facing: Int32Array
  /** Number of the cell with the smallest x, y and z. */
  readonly origin: Int32Array
  /** Lowest part id of its power net; 0: no net. */
  readonly net: Int32Array
  /** Slot of the crew that placed it; empty: all belong to slot 0. */
  readonly owner: Int32Array
  readonly fixed: ReadonlySet<number>
}

export interface Layout {
  readonly size: Size
  readonly parts: PartColumns
  readonly count: number
  /** Row + 1 of the part in a cell; 0: empty. */
  readonly cells: Int32Array
}

const SHAPES = createShapes()

export function createLayout(size: Size, parts: PartColumns): Layout {
  const layout: Layout = { size, parts, count: parts.id.length, cells: new Int32Array(size.x * size.y * size.z) }
  for (let row = 0; row < layout.count; row++) {
    for (const cell of cellsOfRow(layout, row)) if (cell < layout.cells.length) layout.cells[cell] = row + 1
  }
  return layout
}

export function shapeFor(def: number, facing: number, origin: Size): Shape | undefined {
  return SHAPES[(def * 4 + facing) * 2 + ((origin.x + origin.z) & 1)]
}

export function originOf(layout: Layout, row: number): Size {
  return cellToPoint(layout.size, read(layout.parts.origin, row))
}

export function shapeOfRow(layout: Layout, row: number): Shape | undefined {
  return shapeFor(read(layout.parts.def, row), read(layout.parts.facing, row), originOf(layout, row))
}

export function cellsOfRow(layout: Layout, row: number): number[] {
  const origin = read(layout.parts.origin, row)
  return (shapeOfRow(layout, row)?.cells ?? []).map((at) => origin + cellAt(layout.size, at.x, at.y, at.z))
}

/** Row of the part in a cell; -1: none, or outside. */
export function rowIn(layout: Layout, cell: number): number {
  return (cell < 0 ? 0 : read(layout.cells, cell)) - 1
}

/** Row of a part by its id; -1: removed. Ids ascend. */
export function rowOfId(layout: Layout, id: number): number {
  let low = 0
  let high = layout.count - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = read(layout.parts.id, middle)
    if (found === id) return middle
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}

export function defIdOf(layout: Layout, row: number): string {
  return PARTS[read(layout.parts.def, row)]?.id ?? ''
}

export function isBeltRow(layout: Layout, row: number): boolean {
  return row >= 0 && PARTS[read(layout.parts.def, row)]?.kind === 'belt'
}

/** How an item crosses a belt: the sides where it enters and leaves, as directions seen from the cell. */
export interface BeltPath {
  readonly from: number
  readonly to: number
}

/** The same choice as in links.ts: the back, or else the only side that gives; lifts on top of lifts go up. */
export function beltPath(layout: Layout, row: number): BeltPath {
  const cell = read(layout.parts.origin, row)
  const facing = read(layout.parts.facing, row)
  const to = beltOut(layout, row)
  const below = rowIn(layout, neighbour(layout.size, cell, opposite(UP)))
  if (isLift(layout, row) && isLift(layout, below)) return { from: opposite(UP), to }
  const back = (facing + 2) & 3
  if (gives(layout, cell, back)) return { from: back, to }
  const left = gives(layout, cell, (facing + 3) & 3)
  const right = gives(layout, cell, (facing + 1) & 3)
  if (left !== right) return { from: left ? (facing + 3) & 3 : (facing + 1) & 3, to }
  return { from: back, to }
}

function isLift(layout: Layout, row: number): boolean {
  return row >= 0 && defIdOf(layout, row) === 'lift'
}

function beltOut(layout: Layout, row: number): number {
  const above = rowIn(layout, neighbour(layout.size, read(layout.parts.origin, row), UP))
  return isLift(layout, row) && isLift(layout, above) ? UP : read(layout.parts.facing, row)
}

/** Whether a port gives into a cell through one of its sides. */
function gives(layout: Layout, cell: number, side: number): boolean {
  const from = neighbour(layout.size, cell, side)
  const row = rowIn(layout, from)
  if (row < 0) return false
  const direction = opposite(side)
  if (isBeltRow(layout, row) && beltOut(layout, row) !== direction) return false
  const origin = read(layout.parts.origin, row)
  return (shapeOfRow(layout, row)?.itemPorts ?? []).some(
    (port) =>
      port.isOut && port.direction === direction && origin + cellAt(layout.size, port.dx, port.dy, port.dz) === from,
  )
}

/** Directions in which a part has a power port that meets another one. */
export function powerArms(layout: Layout, row: number): number[] {
  const origin = read(layout.parts.origin, row)
  const arms = new Set<number>()
  for (const port of shapeOfRow(layout, row)?.powerPorts ?? []) {
    const cell = origin + cellAt(layout.size, port.dx, port.dy, port.dz)
    const there = neighbour(layout.size, cell, port.direction)
    const other = rowIn(layout, there)
    if (other < 0) continue
    const far = read(layout.parts.origin, other)
    const meets = (shapeOfRow(layout, other)?.powerPorts ?? []).some(
      (back) =>
        back.direction === opposite(port.direction) && far + cellAt(layout.size, back.dx, back.dy, back.dz) === there,
    )
    if (meets) arms.add(port.direction)
  }
  return [...arms]
}

/** Unit step of a direction. */
export function stepOf(direction: number): Size {
  switch (DIRECTIONS[direction]) {
    case 'north':
      return { x: 0, y: 0, z: -1 }
    case 'east':
      return { x: 1, y: 0, z: 0 }
    case 'south':
      return { x: 0, y: 0, z: 1 }
    case 'west':
      return { x: -1, y: 0, z: 0 }
    case 'up':
      return { x: 0, y: 1, z: 0 }
    default:
      return { x: 0, y: -1, z: 0 }
  }
}
