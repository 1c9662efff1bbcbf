// A new foundry: the ground, the deposits scattered by the seed, and the scenario's initial parts.
import { AppError } from '../../kernel/errors.ts'
import { createRandom, nextBelow } from '../../kernel/random.ts'
import { defNumber, FACINGS } from './catalogue.ts'
import { applyCommand, mineHere } from './commands.ts'
import type { FoundryConfig } from './config.ts'
import { cellAt } from './geometry.ts'
import { cellsFor, isInside, placePart } from './placement.ts'
import { buildSprawl } from './sprawl.ts'
import { createEmpty, type Foundry } from './state.ts'
import { isHeld } from './support.ts'

/** @throws AppError CONFIG_INVALID when a deposit or a fixed part does not fit */
export function createFoundry(config: FoundryConfig, seed: number): Foundry {
  for (const { x, z } of config.deposits) {
    if (x >= config.size.x || z >= config.size.z) throw invalid(`deposit (${x}, ${z}) lies outside the grid`)
  }
  if (config.plots.length > 0 && config.plots.length !== config.inventory.length) {
    throw invalid('plots and inventory must have one entry a slot, or plots none')
  }
  const f = createEmpty(config, seed)
  scatter(f)
  for (const fixed of config.fixed) placeFixed(f, fixed)
  if (config.sprawl > 0) buildSprawl(f, config.sprawl)
  return f
}

const invalid = (message: string): AppError => new AppError('CONFIG_INVALID', `Configuration of foundry: ${message}`)

/** Scatters deposits on ground cells that have none yet. */
function scatter(f: Foundry): void {
  const random = createRandom(f.seed, 'deposits')
  for (let i = 0; i < f.config.scattered; i++) {
    const cell = nextBelow(random, f.deposits.length)
    const item = 1 + nextBelow(random, 3)
    if (f.deposits[cell] === 0) f.deposits[cell] = item
  }
}

function placeFixed(f: Foundry, fixed: FoundryConfig['fixed'][number]): void {
  const def = defNumber(fixed.def_id)
  const facing = FACINGS.indexOf(fixed.facing)
  const points = cellsFor(f, def, facing, fixed.origin)
  const where = `fixed ${fixed.def_id} at (${fixed.origin.x}, ${fixed.origin.y}, ${fixed.origin.z})`
  if (!points.every((point) => isInside(f.size, point))) throw invalid(`${where} reaches out of the grid`)
  const cells = points.map(({ x, y, z }) => cellAt(f.size, x, y, z))
  if (cells.some((cell) => f.cells[cell] !== 0)) throw invalid(`${where} has no room`)
  if (!isHeld(f, cells)) throw invalid(`${where} hangs in the air`)
  const part = placePart(f, { def, origin: fixed.origin, facing, owner: 0, isFixed: true })
  if (fixed.def_id === 'extractor') mineHere(f, part)
  if (fixed.recipe_id === undefined) return
  const type = fixed.def_id === 'fabricator' ? 'set_build_recipe' : 'set_machine_recipe'
  const refusal = applyCommand(f, 0, { type, part_id: part, recipe_id: fixed.recipe_id })
  if (typeof refusal === 'object') throw invalid(`${where}: ${refusal.reason}`)
}
