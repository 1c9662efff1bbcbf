// Maps cells to parts, and gives the orientation of existing parts.
import { absent } from '../../kernel/at.ts'
import { PARTS, type PartDef } from './catalogue.ts'
import { cellAt, type Shape, type ShapePort, type Size } from './geometry.ts'
import type { Foundry } from './state.ts'

/** Definition of an existing part. */
export function defOf(f: Foundry, part: number): PartDef {
  const def = PARTS[(f.parts.def[part] ?? absent()) - 1]
  if (!def) throw new RangeError(`no part ${part}`)
  return def
}

/** Index in `shapes` of a definition (from 0) with a facing at an origin: the position decides its hand. */
export function shapeNumber(def: number, facing: number, origin: Size): number {
  return (def * 4 + facing) * 2 + ((origin.x + origin.z) & 1)
}

export function shapeOf(f: Foundry, part: number): Shape {
  const shape = f.shapes[f.parts.shape[part] ?? absent()]
  if (!shape) throw new RangeError(`no part ${part}`)
  return shape
}

/** Cells of an existing part. */
export function cellsOf(f: Foundry, part: number): number[] {
  const origin = f.parts.origin[part] ?? absent()
  return shapeOf(f, part).cells.map((at) => origin + cellAt(f.size, at.x, at.y, at.z))
}

/** Cell of a port of an existing part. */
export function portCell(f: Foundry, part: number, port: ShapePort): number {
  return (f.parts.origin[part] ?? absent()) + cellAt(f.size, port.dx, port.dy, port.dz)
}

/** Cell where a part emits and is fouled. */
export function anchorOf(f: Foundry, part: number): number {
  const { anchor } = shapeOf(f, part)
  return (f.parts.origin[part] ?? absent()) + cellAt(f.size, anchor.x, anchor.y, anchor.z)
}

/** The part in a cell; 0: none, or outside (-1), or ground. */
export function partIn(f: Foundry, cell: number): number {
  const part = cell < 0 ? 0 : (f.cells[cell] ?? absent())
  return Math.max(part, 0)
}
