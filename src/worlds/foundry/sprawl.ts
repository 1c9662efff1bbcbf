// Builds a sprawl: rows of works that mine, transport, smelt, split, merge, lift and deliver, with the requested number
// of parts. It is meant for measurements: everything in it moves, because consumers are faster than producers.
import { at } from '../../kernel/at.ts'
import { defNumber, itemNumber } from './catalogue.ts'
import { mineHere } from './commands.ts'
import { setRecipe } from './machines.ts'
import { placePart } from './placement.ts'
import { recipeNumber } from './recipes.ts'
import type { Foundry } from './state.ts'

/** Length in cells of one row of works, including gaps. */
const WORKS_LENGTH = 84
const WORKS_PITCH = 3

const NORTH = 0
const EAST = 1

interface Spot {
  readonly def: string
  readonly x: number
  readonly y?: number
  readonly z?: number
  readonly facing?: number
}

const run = (from: number, to: number, at: { y?: number; z?: number } = {}): Spot[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ def: 'conveyor', x: from + i, ...at }))

/** Mines ore, smelts it halfway along the row, and delivers plates. */
const SMELTING: readonly Spot[] = [
  { def: 'extractor', x: 0 },
  { def: 'solar_panel', x: 0, z: 1 },
  ...run(1, 40),
  { def: 'smelter', x: 41 },
  { def: 'solar_panel', x: 41, z: 1 },
  { def: 'solar_panel', x: 42, z: 1 },
  ...run(43, 80),
  { def: 'delivery_port', x: 81 },
]

/** Mines ore, splits it onto two paths that rejoin, lifts it, and delivers it. */
const SORTING: readonly Spot[] = [
  { def: 'extractor', x: 0 },
  { def: 'solar_panel', x: 0, z: 1 },
  ...run(1, 8),
  { def: 'splitter', x: 9 },
  ...run(10, 14),
  ...run(9, 14, { z: 1 }),
  { def: 'conveyor', x: 15, z: 1, facing: NORTH },
  { def: 'merger', x: 15 },
  ...run(16, 19),
  { def: 'lift', x: 20 },
  { def: 'lift', x: 20, y: 2 },
  ...run(21, 80, { y: 2 }),
  { def: 'delivery_port', x: 81, y: 2 },
]

/** Places works row by row until there are `count` parts or the grid is full. */
export function buildSprawl(f: Foundry, count: number): void {
  let index = 0
  for (let z = 0; z + 1 < f.size.z; z += WORKS_PITCH) {
    for (let x = 0; x + WORKS_LENGTH <= f.size.x; x += WORKS_LENGTH) {
      for (const spot of index % 2 === 0 ? SMELTING : SORTING) {
        if (f.parts.count >= count) return
        placeSpot(f, spot, { x, z })
      }
      index++
    }
  }
}

function placeSpot(f: Foundry, spot: Spot, corner: { x: number; z: number }): void {
  const origin = { x: corner.x + spot.x, y: spot.y ?? 1, z: corner.z + (spot.z ?? 0) }
  const facing = spot.facing ?? EAST
  const isExtractor = spot.def === 'extractor'
  if (isExtractor) f.deposits[origin.z * f.size.x + origin.x] = itemNumber('iron_ore')
  const part = placePart(f, { def: defNumber(spot.def), origin, facing, owner: 0, isFixed: false })
  if (isExtractor) mineHere(f, part)
  if (spot.def === 'smelter') setRecipe(f, at(f.parts.row, part), recipeNumber('smelt_iron') + 1)
}
