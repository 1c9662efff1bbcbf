// Checks whether a part fits at a position, by the rules of commands.ts, and words the reason if not. The server
// decides; this predicts its answer before anything is sent. A property test compares the two.

import { countOf, read } from '../../../kernel/view/read.ts'
import { FACINGS, PARTS } from '../catalogue.ts'
import { cellAt, neighbour, type Size } from '../geometry.ts'
import { type Layout, rowIn, shapeFor } from './layout.ts'
import type { Scene } from './scene.ts'

export interface Placement {
  /** Number of the definition, from 0. */
  readonly def: number
  /** 0 to 3: north, east, south, west. */
  readonly facing: number
  readonly origin: Size
}

export interface Fault {
  readonly code: 'OUT_OF_BOUNDS' | 'CELL_OCCUPIED' | 'UNSUPPORTED' | 'NOT_IN_INVENTORY'
  /** For the label of the preview. */
  readonly text: string
}

/** The crew's other pending placements: the cells that they occupy, and the parts that they take from its inventory. */
export interface Pending {
  readonly cells: ReadonlySet<number>
  readonly used: number
}

const NOTHING: Pending = { cells: new Set(), used: 0 }

/** Why a part cannot be placed; undefined: it can. Checks in the order of the rules. */
export function placementFault(
  scene: Scene,
  slot: number,
  { def, facing, origin }: Placement,
  pending: Pending = NOTHING,
): Fault | undefined {
  const { size, layout } = scene
  const points = pointsOf({ def, facing, origin })
  const cells: number[] = []
  const plot = scene.plots[Math.min(slot, scene.plots.length - 1)]
  for (const { x, y, z } of points) {
    if (x < 0 || y < 0 || z < 0 || x >= size.x || y >= size.y || z >= size.z) {
      return { code: 'OUT_OF_BOUNDS', text: 'Outside the grid' }
    }
    if (plot && (x < plot.x0 || x > plot.x1 || z < plot.z0 || z > plot.z1)) {
      return { code: 'OUT_OF_BOUNDS', text: 'Outside your plot' }
    }
    cells.push(cellAt(size, x, y, z))
  }
  for (const [index, cell] of cells.entries()) {
    if ((points[index]?.y ?? 0) === 0) return { code: 'CELL_OCCUPIED', text: 'In the ground' }
    const row = rowIn(layout, cell)
    if (row >= 0) return { code: 'CELL_OCCUPIED', text: `${titleOf(layout, row)} is in the way` }
    if (pending.cells.has(cell)) return { code: 'CELL_OCCUPIED', text: 'Already in this run' }
  }
  if (!isInZone(scene, def, points)) return { code: 'OUT_OF_BOUNDS', text: 'Not here in this scenario' }
  const part = PARTS[def]
  if (part?.id === 'extractor' && depositAt(scene, origin) === 0) {
    return { code: 'UNSUPPORTED', text: 'Needs an ore deposit below' }
  }
  if (!isHeld(layout, cells, pending)) return { code: 'UNSUPPORTED', text: 'Needs the floor or a part to hold it' }
  if (stockOf(scene, slot, def) - pending.used < 1) {
    return { code: 'NOT_IN_INVENTORY', text: `No ${part?.title.toLowerCase() ?? 'part'} left` }
  }
  return undefined
}

/** Some scenarios restrict a kind of part to boxes: the whole part must be inside one of them. */
function isInZone({ zones }: Scene, def: number, points: readonly Size[]): boolean {
  const own = zones.filter((zone) => zone.def === def)
  return (
    own.length === 0 ||
    own.some(({ from, to }) =>
      points.every(({ x, y, z }) => x >= from.x && x <= to.x && y >= from.y && y <= to.y && z >= from.z && z <= to.z),
    )
  )
}

/** Cells that a part would occupy; some may be outside the grid. */
export function pointsOf({ def, facing, origin }: Placement): Size[] {
  const cells = shapeFor(def, facing, origin)?.cells ?? []
  return cells.map((at) => ({ x: origin.x + at.x, y: origin.y + at.y, z: origin.z + at.z }))
}

export function stockOf(scene: Scene, slot: number, def: number): number {
  const inventory = scene.inventories[Math.min(slot, scene.inventories.length - 1)]
  return countOf(inventory, PARTS[def]?.id ?? '')
}

/** Number of the deposit's item below a part in the lowest layer; 0: none. */
function depositAt(scene: Scene, { x, y, z }: Size): number {
  if (y !== 1) return 0
  return scene.deposits.find((each) => each.x === x && each.z === z)?.item ?? 0
}

function isHeld(layout: Layout, cells: readonly number[], pending: Pending): boolean {
  const layer = layout.size.x * layout.size.z
  return cells.some((cell) => {
    if (Math.floor(cell / layer) === 1) return true
    for (let direction = 0; direction < 6; direction++) {
      const there = neighbour(layout.size, cell, direction)
      if (rowIn(layout, there) >= 0 || pending.cells.has(there)) return true
    }
    return false
  })
}

function titleOf(layout: Layout, row: number): string {
  return `${PARTS[read(layout.parts.def, row)]?.title ?? 'A part'} ${read(layout.parts.id, row)}`
}

/** Why a slot's crew cannot remove or turn a part, as far as the view can tell; undefined: it can. */
export function moveFault(scene: Scene, slot: number, row: number): string | undefined {
  const { parts } = scene.layout
  if (parts.fixed.has(read(parts.id, row))) return 'It belongs to the scenario and stays.'
  if (scene.plots.length > 1 && read(parts.owner, row) !== slot) return 'It belongs to another crew.'
  return undefined
}

/** The command that places a part. */
export function placeCommand({ def, facing, origin }: Placement) {
  return {
    type: 'place_part',
    def_id: PARTS[def]?.id ?? '',
    origin: { x: origin.x, y: origin.y, z: origin.z },
    facing: FACINGS[facing] ?? 'north',
  } as const
}
