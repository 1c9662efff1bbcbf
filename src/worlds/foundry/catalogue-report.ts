// The foundry's data as JSON, for agents that have the program but not the documentation: parts with footprints, ports
// and figures, recipes, and the initial state of each scenario.
import { JsonObject } from '../../protocol/json.ts'
import {
  BELT_SPEED,
  CELL_UNITS,
  DIRECTIONS,
  FACINGS,
  ITEM_UNITS,
  ITEMS,
  itemId,
  PARTS,
  type PartDef,
  READY_ITEMS,
  SIDES,
  STORAGE_ITEMS,
} from './catalogue.ts'
import { REFUSALS } from './commands.ts'
import { FoundryConfig } from './config.ts'
import { FUEL, RECIPES, type Recipe } from './recipes.ts'
import { VARIANTS } from './scenarios.ts'
import { PART_STATES } from './status.ts'

/** All data that the rules use. Cells of a footprint count to the right, up, and from back to front. */
export function describeCatalogue(): JsonObject {
  return {
    items: [...ITEMS],
    facings: [...FACINGS],
    directions: [...DIRECTIONS],
    sides: [...SIDES],
    part_states: [...PART_STATES],
    refusals: [...REFUSALS],
    belts: { cell_units: CELL_UNITS, item_units: ITEM_UNITS, units_a_tick: BELT_SPEED },
    storage_items: STORAGE_ITEMS,
    ready_items: READY_ITEMS,
    fuel: { item: itemId(FUEL.item) ?? '', energy: FUEL.energy, most: FUEL.most },
    parts: PARTS.map(describePart),
    recipes: RECIPES.map(describeRecipe),
    scenarios: VARIANTS.map(({ id, title, description, seed, config }) => ({
      id,
      title,
      description,
      seed: seed ?? 0,
      config: JsonObject.parse(FoundryConfig.parse(config)),
    })),
  }
}

function describePart(def: PartDef): JsonObject {
  return {
    id: def.id,
    title: def.title,
    kind: def.kind,
    footprint: { right: def.footprint[0], up: def.footprint[1], front: def.footprint[2] },
    ports: def.ports.map(({ kind, direction, at, side }) => ({
      kind,
      direction,
      at: { right: at[0], up: at[1], front: at[2] },
      side,
    })),
    cost: { ...def.cost },
    build_ticks: def.buildTicks,
    draw: def.draw,
    supply: def.supply,
    capacity: def.capacity,
    emission: def.emission,
    tolerance: def.tolerance,
    cleans: def.cleans,
    is_sealed: def.isSealed,
    recipes: RECIPES.filter(({ madeIn }) => madeIn === def.id).map(({ id }) => id),
  }
}

function describeRecipe(recipe: Recipe): JsonObject {
  return {
    id: recipe.id,
    made_in: recipe.madeIn,
    inputs: nameAmounts(recipe.inputs),
    outputs: nameAmounts(recipe.outputs),
    ticks: recipe.ticks,
    emission: recipe.emission,
    builds: PARTS[recipe.builds]?.id ?? null,
    sorts: itemId(recipe.sorts) ?? null,
  }
}

function nameAmounts(amounts: Recipe['inputs']): JsonObject {
  return Object.fromEntries(amounts.map(({ item, count }) => [itemId(item) ?? '', count]))
}
