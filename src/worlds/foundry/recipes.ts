// Recipes as data: the inputs and outputs of machines. Build recipes are derived from the cost of parts in the
// catalogue.
import { ITEMS, itemNumber, PARTS } from './catalogue.ts'

interface Amount {
  /** Number of the item, from 1. */
  readonly item: number
  readonly count: number
}

export interface Recipe {
  readonly id: string
  /** Id of the kind of part that uses it. */
  readonly madeIn: string
  readonly inputs: readonly Amount[]
  readonly outputs: readonly Amount[]
  /** At full power. */
  readonly ticks: number
  /** Units of contamination per tick, in addition to the machine's own. */
  readonly emission: number
  /** Number of the part definition that it adds to the build inventory; -1: none. */
  readonly builds: number
  /** Number of the item that a filter passes to its front; 0: not a filter recipe. */
  readonly sorts: number
}

interface Line {
  readonly id: string
  readonly madeIn: string
  readonly inputs: Readonly<Record<string, number>>
  readonly outputs: Readonly<Record<string, number>>
  readonly ticks: number
  readonly emission: number
}

const LINES: readonly Line[] = [
  { id: 'mine_iron_ore', madeIn: 'extractor', inputs: {}, outputs: { iron_ore: 1 }, ticks: 20, emission: 0 },
  { id: 'mine_copper_ore', madeIn: 'extractor', inputs: {}, outputs: { copper_ore: 1 }, ticks: 20, emission: 0 },
  { id: 'mine_coal', madeIn: 'extractor', inputs: {}, outputs: { coal: 1 }, ticks: 20, emission: 1 },
  {
    id: 'smelt_iron',
    madeIn: 'smelter',
    inputs: { iron_ore: 1 },
    outputs: { iron_plate: 1 },
    ticks: 16,
    emission: 2,
  },
  {
    id: 'smelt_copper',
    madeIn: 'smelter',
    inputs: { copper_ore: 1 },
    outputs: { copper_plate: 1 },
    ticks: 16,
    emission: 2,
  },
  { id: 'press_gear', madeIn: 'assembler', inputs: { iron_plate: 2 }, outputs: { gear: 1 }, ticks: 20, emission: 0 },
  { id: 'draw_cable', madeIn: 'assembler', inputs: { copper_plate: 1 }, outputs: { cable: 2 }, ticks: 16, emission: 0 },
  {
    id: 'assemble_circuit',
    madeIn: 'assembler',
    inputs: { iron_plate: 1, cable: 3 },
    outputs: { circuit: 1 },
    ticks: 32,
    emission: 1,
  },
]

function toAmounts(counts: Readonly<Record<string, number>>): Amount[] {
  const amounts: Amount[] = []
  for (const id of ITEMS) {
    const count = counts[id]
    if (count !== undefined) amounts.push({ item: itemNumber(id), count })
  }
  return amounts
}

function lineToRecipe(line: Line): Recipe {
  return { ...line, inputs: toAmounts(line.inputs), outputs: toAmounts(line.outputs), builds: -1, sorts: 0 }
}

/** Every recipe. Its index in this list is its number in digests: append new kinds at the end of their group. */
export const RECIPES: readonly Recipe[] = [
  ...LINES.map(lineToRecipe),
  ...ITEMS.map((id, index) => ({
    id: `sort_${id}`,
    madeIn: 'filter',
    inputs: [],
    outputs: [],
    ticks: 0,
    emission: 0,
    builds: -1,
    sorts: index + 1,
  })),
  ...PARTS.map((def, index) => ({
    id: `build_${def.id}`,
    madeIn: 'fabricator',
    inputs: toAmounts(def.cost),
    outputs: [],
    ticks: def.buildTicks,
    emission: 0,
    builds: index,
    sorts: 0,
  })),
]

/** The item that a generator burns, the energy units per item, and the number that a generator stocks. */
export const FUEL = { item: itemNumber('coal'), energy: 400, most: 5 } as const

/** Number of a recipe; -1 for an unknown id. */
export function recipeNumber(id: string): number {
  return RECIPES.findIndex((recipe) => recipe.id === id)
}
