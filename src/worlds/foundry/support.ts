// Support of parts: a part stands on the floor or touches a supported part. Because every existing part is supported, a
// new part only needs to touch one; removing a part needs a search.
import { cellToPoint, neighbour } from './geometry.ts'
import { cellsOf, partIn } from './parts.ts'
import type { Foundry } from './state.ts'

/** The lowest layer of parts, directly on the floor. */
export const FLOOR_LAYER = 1

/** Whether a part in these cells would be supported. Parts in `without` do not count. */
export function isHeld(f: Foundry, cells: readonly number[], without = 0): boolean {
  return cells.some((cell) => onFloor(f, cell) || touching(f, cell).some((part) => part !== without))
}

function onFloor(f: Foundry, cell: number): boolean {
  return cellToPoint(f.size, cell).y === FLOOR_LAYER
}

/** Parts in the six cells around a cell. */
function touching(f: Foundry, cell: number): number[] {
  const parts: number[] = []
  for (let direction = 0; direction < 6; direction++) {
    const part = partIn(f, neighbour(f.size, cell, direction))
    if (part !== 0) parts.push(part)
  }
  return parts
}

/** Parts around a set of cells, each once, excluding `part`. */
export function partsAround(f: Foundry, cells: readonly number[], part: number): number[] {
  const around = new Set<number>()
  for (const cell of cells) for (const other of touching(f, cell)) if (other !== part) around.add(other)
  return [...around]
}

/**
 * A part that would fall if `part` were moved to `cells`; 0: none.
 * @param cells its new cells; empty: it is removed
 */
export function fallsWithout(f: Foundry, part: number, cells: readonly number[]): number {
  const held = new Set<number>()
  const moved = new Set(cells)
  const isGone = cells.length === 0
  for (const start of partsAround(f, cellsOf(f, part), part)) {
    if (held.has(start)) continue
    const found = new Set([start])
    let isSafe = false
    for (const each of found) {
      const own = each === part ? cells : cellsOf(f, each)
      isSafe = own.some((cell) => onFloor(f, cell)) || held.has(each)
      if (isSafe) break
      for (const other of partsAround(f, own, each)) {
        // The current cells of the part do not count, only the new ones.
        if (other !== part) found.add(other)
      }
      if (!isGone && each !== part && partTouches(f, own, moved)) found.add(part)
    }
    if (!isSafe) return start
    for (const each of found) held.add(each)
  }
  return 0
}

function partTouches(f: Foundry, cells: readonly number[], others: ReadonlySet<number>): boolean {
  return cells.some((cell) => {
    for (let direction = 0; direction < 6; direction++) if (others.has(neighbour(f.size, cell, direction))) return true
    return false
  })
}
