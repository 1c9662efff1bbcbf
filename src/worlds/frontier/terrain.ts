// The ground of one cell: the terrain of each tile, its cost to enter, and the cheapest path across. Tiles count from
// 0, index = y * width + x, x to the right and y down; steps go to the four neighbours.
import { absent } from '../../kernel/at.ts'
import type { CellRow } from './content/shape.ts'

interface TerrainRow {
  readonly name: string
  /** Ticks to enter a tile; 0: not walkable. */
  readonly cost: 0 | 1 | 2 | 3
  /** Metres above the cell's elevation. */
  readonly rise: number
}

/** The meaning of each character in a cell's rows. */
export const TERRAIN: Readonly<Record<string, TerrainRow>> = {
  '#': { name: 'wall', cost: 0, rise: 0 },
  '^': { name: 'crag', cost: 0, rise: 3 },
  '~': { name: 'water', cost: 0, rise: -1 },
  o: { name: 'furniture', cost: 0, rise: 0 },
  '=': { name: 'road', cost: 1, rise: 0 },
  ',': { name: 'grass', cost: 1, rise: 0 },
  _: { name: 'floor', cost: 1, rise: 0 },
  '.': { name: 'slate', cost: 1, rise: 0 },
  '%': { name: 'rubble', cost: 2, rise: 1 },
  T: { name: 'trees', cost: 2, rise: 1 },
  m: { name: 'marsh', cost: 3, rise: -1 },
}

export interface Ground {
  readonly width: number
  readonly height: number
  /** By tile: ticks to enter, 0 if not walkable. */
  readonly cost: readonly number[]
  /** By tile: metres. */
  readonly altitude: readonly number[]
}

export function createGround(cell: CellRow): Ground {
  const tiles = cell.rows.flatMap((row) => [...row].map((mark) => TERRAIN[mark]))
  return {
    width: cell.rows[0]?.length ?? 0,
    height: cell.rows.length,
    cost: tiles.map((tile) => tile?.cost ?? 0),
    altitude: tiles.map((tile) => cell.elevation + (tile?.rise ?? 0)),
  }
}

/** Whether (x, y) is walkable. */
export function isOpen(ground: Ground, x: number, y: number): boolean {
  return (
    x >= 0 && y >= 0 && x < ground.width && y < ground.height && (ground.cost[y * ground.width + x] ?? absent()) > 0
  )
}

/** Distance in tiles: steps to the four neighbours, ignoring obstacles. */
export function distanceOf(ax: number, ay: number, bx: number, by: number): number {
  return Math.abs(ax - bx) + Math.abs(ay - by)
}

/** The four neighbours of a tile, in the order east, west, south, north; -1 beyond the edge. */
function neighbour(ground: Ground, tile: number, side: number): number {
  const x = tile % ground.width
  if (side === 0) return x + 1 < ground.width ? tile + 1 : -1
  if (side === 1) return x > 0 ? tile - 1 : -1
  const next = side === 2 ? tile + ground.width : tile - ground.width
  return next >= 0 && next < ground.cost.length ? next : -1
}

export interface Leg {
  readonly fromX: number
  readonly fromY: number
  readonly toX: number
  readonly toY: number
  /** Distance that counts as reached; 0: the tile itself. */
  readonly near: number
}

/**
 * The cheapest path to the first tile within `near` of the target, as the tiles to enter in order; empty when the
 * walker is already there, undefined when there is no path. Dijkstra with buckets (Dial 1969): costs are 1..3. Ties go
 * to the path found first in the order of `neighbour`, so the result is deterministic.
 */
export function findPath(ground: Ground, leg: Leg): number[] | undefined {
  const { width, cost } = ground
  const start = leg.fromY * width + leg.fromX
  const best: number[] = new Array<number>(cost.length).fill(-1)
  const from: number[] = new Array<number>(cost.length).fill(-1)
  const buckets: number[][] = [[start]]
  best[start] = 0
  for (let total = 0; total < buckets.length; total++) {
    for (const tile of buckets[total] ?? []) {
      if (best[tile] !== total) continue
      const y = Math.floor(tile / width)
      if (distanceOf(tile - y * width, y, leg.toX, leg.toY) <= leg.near) return trace(from, tile)
      for (let side = 0; side < 4; side++) {
        const next = neighbour(ground, tile, side)
        const toll = next < 0 ? 0 : (cost[next] ?? absent())
        if (toll === 0) continue
        const before = best[next] ?? absent()
        if (before >= 0 && before <= total + toll) continue
        best[next] = total + toll
        from[next] = tile
        put(buckets, total + toll, next)
      }
    }
  }
  return undefined
}

function put(buckets: number[][], total: number, tile: number): void {
  while (buckets.length <= total) buckets.push([])
  buckets[total]?.push(tile)
}

function trace(from: readonly number[], end: number): number[] {
  const path: number[] = []
  for (let tile = end; (from[tile] ?? absent()) >= 0; tile = from[tile] ?? absent()) path.push(tile)
  return path.reverse()
}
