// Finds what a ray from the camera hits: a part or the floor. Walks from cell to cell (Amanatides and Woo 1987) and
// tests the boxes of the part in each, so the cost depends on the path through the grid and not on the number of parts.

import { read } from '../../../kernel/view/read.ts'
import { cellAt, type Size } from '../geometry.ts'
import { formOf, turnBox } from './boxes.ts'
import { type Layout, originOf, rowIn } from './layout.ts'

export interface Ray {
  readonly from: readonly [number, number, number]
  readonly to: readonly [number, number, number]
}

export interface Picked {
  /** Row of the part that was hit; -1: the floor. */
  readonly row: number
  /** The cell in which it was hit. */
  readonly cell: Size
  /** The cell at the free side of the hit: a part placed there would go into it. */
  readonly beside: Size
}

interface Hit {
  readonly share: number
  readonly axis: number
  readonly sign: number
}

/** Thin parts get a thicker hit area: this far around the centre of their cell. */
const THICK = 0.3

/**
 * @param cut the highest visible layer
 * @returns undefined if the ray hits nothing
 */
export function pick(layout: Layout, ray: Ray, cut: number): Picked | undefined {
  const { size } = layout
  const top = Math.min(size.y, cut + 1)
  const span = clip(ray, [0, 1, 0], [size.x, top, size.z])
  if (!span) return undefined
  const walk = createWalk(ray, span.enter)
  const most = size.x + size.y + size.z + 3
  for (let i = 0; i < most; i++) {
    const [x, y, z] = walk.cell
    if (x < 0 || y < 1 || z < 0 || x >= size.x || y >= top || z >= size.z) break
    const row = rowIn(layout, cellAt(size, x, y, z))
    const hit = row < 0 ? undefined : meet(layout, row, ray, { x, y, z })
    if (hit) return { row, cell: { x, y, z }, beside: freeSide(layout, row, besideOf({ x, y, z }, ray, hit)) }
    walk.next()
  }
  return onFloor(size, ray)
}

/** Maximum distance of a face from the side of its cell to count as that side. */
const NEAR_SIDE = 0.1

/** The cell in front of the face that was hit; the cell above if the face is well inside its cell, like a chimney's. */
function besideOf(cell: Size, { from, to }: Ray, { share, axis, sign }: Hit): Size {
  const at = axis === 0 ? from[0] + (to[0] - from[0]) * share : from[2] + (to[2] - from[2]) * share
  const edge = (axis === 0 ? cell.x : cell.z) + (sign > 0 ? 1 : 0)
  if (axis !== 1 && Math.abs(at - edge) > NEAR_SIDE) return { ...cell, y: cell.y + 1 }
  return {
    x: cell.x + (axis === 0 ? sign : 0),
    y: cell.y + (axis === 1 ? sign : 0),
    z: cell.z + (axis === 2 ? sign : 0),
  }
}

/** If the side leads into the part itself, its top is used. */
function freeSide(layout: Layout, row: number, { x, y, z }: Size): Size {
  const { size } = layout
  let top = y
  while (x >= 0 && z >= 0 && x < size.x && z < size.z && top < size.y && rowIn(layout, cellAt(size, x, top, z)) === row)
    top++
  return { x, y: top, z }
}

function onFloor(size: Size, ray: Ray): Picked | undefined {
  const at = planeAt(ray, 1)
  if (!at) return undefined
  const x = Math.floor(at.x)
  const z = Math.floor(at.z)
  if (x < 0 || z < 0 || x >= size.x || z >= size.z) return undefined
  return { row: -1, cell: { x, y: 0, z }, beside: { x, y: 1, z } }
}

/** Where a ray meets the horizontal plane at a height; undefined: nowhere, or behind the camera. */
export function planeAt({ from, to }: Ray, y: number): { readonly x: number; readonly z: number } | undefined {
  const fall = to[1] - from[1]
  if (fall === 0) return undefined
  const share = (y - from[1]) / fall
  if (share < 0) return undefined
  return { x: from[0] + (to[0] - from[0]) * share, z: from[2] + (to[2] - from[2]) * share }
}

function meet(layout: Layout, row: number, ray: Ray, cell: Size): Hit | undefined {
  const def = read(layout.parts.def, row)
  const facing = read(layout.parts.facing, row)
  const origin = originOf(layout, row)
  let best: Hit | undefined
  for (const box of formOf(def)) {
    const { min, size } = turnBox(box, def, facing)
    const low = [origin.x + min[0], origin.y + min[1], origin.z + min[2]] as const
    const high = [low[0] + size[0], low[1] + size[1], low[2] + size[2]] as const
    const isThin = size[0] < THICK && size[1] < THICK && size[2] < THICK && formOf(def).length === 1
    const hit = isThin
      ? clip(
          ray,
          [cell.x + 0.5 - THICK, cell.y + 0.5 - THICK, cell.z + 0.5 - THICK],
          [cell.x + 0.5 + THICK, cell.y + 0.5 + THICK, cell.z + 0.5 + THICK],
        )
      : clip(ray, low, high)
    if (hit && (!best || hit.enter < best.share)) best = { share: hit.enter, axis: hit.axis, sign: hit.sign }
  }
  return best
}

type Point = readonly [number, number, number]

/** Where a ray enters a box, and through which face; slab method of Kay and Kajiya 1986. */
function clip({ from, to }: Ray, low: Point, high: Point): { enter: number; axis: number; sign: number } | undefined {
  let enter = 0
  let leave = Number.POSITIVE_INFINITY
  let axis = 1
  let sign = 1
  for (const each of [0, 1, 2] as const) {
    const way = to[each] - from[each]
    if (way === 0) {
      if (from[each] < low[each] || from[each] > high[each]) return undefined
      continue
    }
    const near = ((way > 0 ? low[each] : high[each]) - from[each]) / way
    const far = ((way > 0 ? high[each] : low[each]) - from[each]) / way
    if (near > enter) {
      enter = near
      axis = each
      sign = way > 0 ? -1 : 1
    }
    leave = Math.min(leave, far)
  }
  return enter < leave ? { enter, axis, sign } : undefined
}

function createWalk({ from, to }: Ray, enter: number): { readonly cell: [number, number, number]; next(): void } {
  const cell: [number, number, number] = [0, 0, 0]
  const step: [number, number, number] = [0, 0, 0]
  const due: [number, number, number] = [0, 0, 0]
  const each: [number, number, number] = [0, 0, 0]
  for (const axis of [0, 1, 2] as const) {
    const way = to[axis] - from[axis]
    // Start slightly inside the grid, so that rounding does not select the previous cell.
    const at = from[axis] + way * (enter + 1e-7)
    cell[axis] = Math.floor(at)
    step[axis] = Math.sign(way)
    each[axis] = way === 0 ? Number.POSITIVE_INFINITY : Math.abs(1 / way)
    const edge = way > 0 ? cell[axis] + 1 - at : at - cell[axis]
    due[axis] = way === 0 ? Number.POSITIVE_INFINITY : edge * each[axis]
  }
  return {
    cell,
    next() {
      const axis = due[0] <= due[1] && due[0] <= due[2] ? 0 : due[1] <= due[2] ? 1 : 2
      cell[axis] += step[axis]
      due[axis] += each[axis]
    },
  }
}
