// A run of parts from the start of a drag to its current position: along one axis, then along the other. Belts face in
// the direction of travel; the last one faces like the one before it.
import { cellAt, type Size } from '../geometry.ts'
import { type Fault, type Pending, type Placement, placementFault, pointsOf } from './preview.ts'
import type { Scene } from './scene.ts'

/** Maximum number of parts in one drag: each is a command, and a slot's queue is bounded. */
export const MAX_RUN = 48

export interface RunPart extends Placement {
  readonly fault?: Fault
}

interface RunWish {
  readonly def: number
  readonly from: Size
  readonly to: Size
  /** Facing of a run of one part. */
  readonly facing: number
  /** Whether it goes along z first. */
  readonly isFlipped: boolean
  /** Whether parts face along the run; wires and frames need not. */
  readonly isDirected: boolean
}

/** The parts of a run, each with the reason why it does not fit. Each counts the others as placed. */
export function planRun(scene: Scene, slot: number, wish: RunWish): RunPart[] {
  const cells = new Set<number>()
  let used = 0
  return runCells(wish).map((placement) => {
    const pending: Pending = { cells, used }
    const fault = placementFault(scene, slot, placement, pending)
    if (fault) return { ...placement, fault }
    for (const { x, y, z } of pointsOf(placement)) cells.add(cellAt(scene.size, x, y, z))
    used++
    return placement
  })
}

function runCells({ def, from, to, facing, isFlipped, isDirected }: RunWish): Placement[] {
  const dx = to.x - from.x
  const dz = to.z - from.z
  const legs: (readonly ['x' | 'z', number])[] = isFlipped
    ? [
        ['z', dz],
        ['x', dx],
      ]
    : [
        ['x', dx],
        ['z', dz],
      ]
  const points: Size[] = [from]
  const ways: number[] = []
  let at = from
  for (const [axis, way] of legs) {
    for (let i = 0; i < Math.abs(way) && points.length < MAX_RUN; i++) {
      at = axis === 'x' ? { ...at, x: at.x + Math.sign(way) } : { ...at, z: at.z + Math.sign(way) }
      points.push(at)
      ways.push(axis === 'x' ? (way > 0 ? 1 : 3) : way > 0 ? 2 : 0)
    }
  }
  const last = ways.at(-1) ?? facing
  return points.map((origin, index) => ({ def, origin, facing: isDirected ? (ways[index] ?? last) : facing }))
}
