// The commands of crews. Every rule is checked before anything changes: a refused command leaves the state unchanged.
import { at } from '../../kernel/at.ts'
import type { Refusal } from '../../protocol/episode.ts'
import { defNumber, FACINGS, type Facing, PARTS } from './catalogue.ts'
import type { FoundryCommand } from './config.ts'
import { noticeAir } from './contamination.ts'
import { cellAt, cellToPoint, DOWN, neighbour, type Size } from './geometry.ts'
import { refreshMachine, setRecipe } from './machines.ts'
import { ENABLED, hasFlag, setFlag } from './node-table.ts'
import { isPart } from './part-table.ts'
import { defOf } from './parts.ts'
import { cellsFor, isInside, placePart, removePart, rotatePart } from './placement.ts'
import { listNetOf } from './power.ts'
import { wakeNode } from './queue.ts'
import { RECIPES, recipeNumber } from './recipes.ts'
import { addCount, type Foundry } from './state.ts'
import { fallsWithout, isHeld } from './support.ts'

/** Why the foundry can refuse a command. */
export const REFUSALS = [
  'UNKNOWN_DEF',
  'OUT_OF_BOUNDS',
  'CELL_OCCUPIED',
  'UNSUPPORTED',
  'NOT_IN_INVENTORY',
  'UNKNOWN_PART',
  'FIXED_PART',
  'NOT_A_MACHINE',
  'NOT_A_FABRICATOR',
  'RECIPE_NOT_ALLOWED',
] as const

const refuse = (code: (typeof REFUSALS)[number], reason: string): Refusal => ({ code, reason })
const spell = ({ x, y, z }: Size): string => `(${x}, ${y}, ${z})`

/** Applies a command of a slot's crew. Returns the id of the placed part, nothing, or the reason for refusing it. */
export function applyCommand(f: Foundry, slot: number, command: FoundryCommand): Refusal | number | undefined {
  switch (command.type) {
    case 'place_part':
      return place(f, slot, command)
    case 'remove_part':
      return remove(f, slot, command.part_id)
    case 'rotate_part':
      return rotate(f, slot, command.part_id, command.facing)
    case 'set_machine_enabled':
      return enable(f, command.part_id, command.enabled)
    case 'set_machine_recipe':
      return chooseRecipe(f, command.part_id, command.recipe_id)
    case 'set_build_recipe':
      return chooseBuild(f, command.part_id, command.recipe_id)
    default:
      return command satisfies never
  }
}

type Place = Extract<FoundryCommand, { type: 'place_part' }>

function place(f: Foundry, slot: number, { def_id, origin, facing }: Place): Refusal | number {
  const def = defNumber(def_id)
  if (def < 0)
    return refuse('UNKNOWN_DEF', `there is no part ${def_id}; there are ${PARTS.map(({ id }) => id).join(', ')}`)
  const turned = FACINGS.indexOf(facing)
  const points = cellsFor(f, def, turned, origin)
  const fault = roomFault(f, points, { slot, part: 0 }) ?? zoneFault(f, def_id, points)
  if (fault) return fault
  const cells = points.map(({ x, y, z }) => cellAt(f.size, x, y, z))
  if (def_id === 'extractor' && depositBelow(f, at(cells, 0)) === 0) {
    return refuse('UNSUPPORTED', `an extractor needs a deposit in the cell below ${spell(origin)}`)
  }
  if (!isHeld(f, cells)) {
    return refuse('UNSUPPORTED', `at ${spell(origin)} it would neither stand on the floor (y = 1) nor touch a part`)
  }
  const inventory = at(f.inventories, slot)
  if (at(inventory, def) < 1) return refuse('NOT_IN_INVENTORY', `the build inventory has no ${def_id}`)
  addCount(inventory, def, -1)
  const part = placePart(f, { def, origin, facing: turned, owner: slot, isFixed: false })
  if (def_id === 'extractor') mineHere(f, part)
  return part
}

/** Number of the deposit's item below a cell; 0: none. */
function depositBelow(f: Foundry, cell: number): number {
  const below = cellToPoint(f.size, neighbour(f.size, cell, DOWN))
  return below.y === 0 ? at(f.deposits, below.z * f.size.x + below.x) : 0
}

/** Number of an extractor's only recipe: to mine the deposit below it. */
function miningRecipe(f: Foundry, part: number): number {
  const item = depositBelow(f, at(f.parts.origin, part))
  return RECIPES.findIndex(({ madeIn, outputs }) => madeIn === 'extractor' && outputs[0]?.item === item) + 1
}

/** Starts a newly placed extractor. */
export function mineHere(f: Foundry, part: number): void {
  setRecipe(f, at(f.parts.row, part), miningRecipe(f, part))
}

/** Why a part cannot occupy these cells; `part` does not obstruct itself. */
function roomFault(f: Foundry, points: readonly Size[], who: { slot: number; part: number }): Refusal | undefined {
  const plot = f.config.plots[who.slot]
  for (const point of points) {
    if (!isInside(f.size, point)) {
      const { x, y, z } = f.size
      return refuse('OUT_OF_BOUNDS', `${spell(point)} is outside the grid of ${x} by ${y} by ${z} cells`)
    }
    if (plot && (point.x < plot.x0 || point.x > plot.x1 || point.z < plot.z0 || point.z > plot.z1)) {
      return refuse('OUT_OF_BOUNDS', `${spell(point)} is outside the plot of this crew`)
    }
  }
  for (const point of points) {
    const there = at(f.cells, cellAt(f.size, point.x, point.y, point.z))
    if (there < 0) return refuse('CELL_OCCUPIED', `${spell(point)} is ground; the lowest layer to build in is y = 1`)
    if (there > 0 && there !== who.part) return refuse('CELL_OCCUPIED', `part ${there} fills ${spell(point)}`)
  }
  return undefined
}

/** Why the scenario's zones forbid a part of this kind here. */
function zoneFault(f: Foundry, def: string, points: readonly Size[]): Refusal | undefined {
  const zones = f.config.zones.filter(({ def_id }) => def_id === def)
  const isWithin = ({ from, to }: (typeof zones)[number]): boolean =>
    points.every(({ x, y, z }) => x >= from.x && x <= to.x && y >= from.y && y <= to.y && z >= from.z && z <= to.z)
  if (zones.length === 0 || zones.some(isWithin)) return undefined
  const where = zones.map(({ from, to }) => `${spell(from)} to ${spell(to)}`).join(', or ')
  return refuse('OUT_OF_BOUNDS', `in this scenario a ${def} stands within ${where}`)
}

const unknown = (part: number): Refusal => refuse('UNKNOWN_PART', `there is no part ${part}`)

/** Why a slot's crew cannot move a part. */
function moveFault(f: Foundry, slot: number, part: number): Refusal | undefined {
  if (!isPart(f.parts, part)) return unknown(part)
  if (f.parts.isFixed[part] === 1) return refuse('FIXED_PART', `part ${part} belongs to the scenario: it stays`)
  if (f.config.plots.length > 0 && f.parts.owner[part] !== slot) {
    return refuse('FIXED_PART', `part ${part} belongs to the crew of slot ${at(f.parts.owner, part)}`)
  }
  return undefined
}

function remove(f: Foundry, slot: number, part: number): Refusal | undefined {
  const fault = moveFault(f, slot, part)
  if (fault) return fault
  const falls = fallsWithout(f, part, [])
  if (falls !== 0) return refuse('UNSUPPORTED', `part ${falls} hangs from part ${part} and would fall`)
  const inventory = f.inventories[at(f.parts.owner, part)]
  if (inventory) addCount(inventory, at(f.parts.def, part) - 1, 1)
  removePart(f, part)
  return undefined
}

function rotate(f: Foundry, slot: number, part: number, facing: Facing): Refusal | undefined {
  const fault = moveFault(f, slot, part)
  if (fault) return fault
  const turned = FACINGS.indexOf(facing)
  if (f.parts.facing[part] === turned) return undefined
  const origin = cellToPoint(f.size, at(f.parts.origin, part))
  const points = cellsFor(f, at(f.parts.def, part) - 1, turned, origin)
  const inTheWay =
    roomFault(f, points, { slot: at(f.parts.owner, part), part }) ?? zoneFault(f, defOf(f, part).id, points)
  if (inTheWay) return inTheWay
  const cells = points.map(({ x, y, z }) => cellAt(f.size, x, y, z))
  if (cells.length > 1) {
    if (!isHeld(f, cells, part)) return refuse('UNSUPPORTED', `part ${part} would hang in the air when turned`)
    const falls = fallsWithout(f, part, cells)
    if (falls !== 0) return refuse('UNSUPPORTED', `part ${falls} hangs from part ${part} and would fall`)
  }
  rotatePart(f, part, turned)
  return undefined
}

function enable(f: Foundry, part: number, isEnabled: boolean): Refusal | undefined {
  if (!isPart(f.parts, part)) return unknown(part)
  const def = defOf(f, part)
  const { kind } = def
  if (kind !== 'machine' && kind !== 'generator' && kind !== 'scrubber' && kind !== 'filter') {
    return refuse('NOT_A_MACHINE', `part ${part} is a ${def.id}, which cannot be switched off`)
  }
  const row = at(f.parts.row, part)
  if (hasFlag(f.nodes, row, ENABLED) === isEnabled) return undefined
  setFlag(f.nodes, row, ENABLED, isEnabled)
  if (kind === 'machine') refreshMachine(f, row)
  noticeAir(f, part, def)
  listNetOf(f, part)
  wakeNode(f, row)
  return undefined
}

function chooseRecipe(f: Foundry, part: number, recipe: string | null): Refusal | undefined {
  if (!isPart(f.parts, part)) return unknown(part)
  const def = defOf(f, part)
  if (def.kind !== 'machine' && def.kind !== 'filter') {
    return refuse('NOT_A_MACHINE', `part ${part} is a ${def.id}, which follows no recipe`)
  }
  if (def.id === 'fabricator') {
    return refuse('RECIPE_NOT_ALLOWED', 'a fabricator follows build recipes: give it one with set_build_recipe')
  }
  return follow(f, part, recipe)
}

function chooseBuild(f: Foundry, part: number, recipe: string | null): Refusal | undefined {
  if (!isPart(f.parts, part)) return unknown(part)
  const def = defOf(f, part)
  if (def.id !== 'fabricator') return refuse('NOT_A_FABRICATOR', `part ${part} is a ${def.id}`)
  return follow(f, part, recipe)
}

/** Sets a machine's recipe, if its kind allows it. */
function follow(f: Foundry, part: number, recipe: string | null): Refusal | undefined {
  const number = recipe === null ? 0 : recipeNumber(recipe) + 1
  const { id } = defOf(f, part)
  const allowed = allowedRecipes(f, part)
  if (recipe !== null && !allowed.includes(recipe)) {
    return refuse('RECIPE_NOT_ALLOWED', `a ${id} here does not follow ${recipe}; it may follow ${allowed.join(', ')}`)
  }
  setRecipe(f, at(f.parts.row, part), number)
  return undefined
}

/** Ids of the recipes available to a part at its location. */
export function allowedRecipes(f: Foundry, part: number): string[] {
  const { id } = defOf(f, part)
  if (id === 'extractor') return RECIPES.slice(miningRecipe(f, part) - 1, miningRecipe(f, part)).map((each) => each.id)
  return RECIPES.filter(({ madeIn }) => madeIn === id).map((each) => each.id)
}
