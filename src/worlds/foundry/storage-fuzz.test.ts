// Recipes, batteries, generators and scrubbers under random interference: a fed machine with a power net of its own,
// with its totals checked after every tick. Random layouts (invariants.test.ts) rarely make a plate or charge a
// battery.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { at, atKey } from '../../kernel/at.ts'
import { createRandom, nextBelow, type RandomState } from '../../kernel/random.ts'
import { QUIET, tick } from '../../testing/foundry-runs.ts'
import { energyStored, findImbalance } from './balance.ts'
import { ITEMS, PARTS } from './catalogue.ts'
import { type FoundryCommand, FoundryConfig } from './config.ts'
import { FUEL, RECIPES, type Recipe } from './recipes.ts'
import { SavedFoundry } from './save-schema.ts'
import type { Foundry } from './state.ts'
import { foundry } from './world.ts'

const MADE = RECIPES.filter(({ inputs }) => inputs.length > 0)
const TICKS = 400

interface Works {
  readonly recipe: Recipe
  readonly panels: number
  readonly batteries: number
  /** Initial units in the first battery. */
  readonly charge: number
  readonly coal: number
  readonly seed: number
  /** Ticks between two commands. */
  readonly pace: number
}

const ArbWorks: fc.Arbitrary<Works> = fc.record({
  recipe: fc.constantFrom(...MADE),
  panels: fc.integer({ min: 0, max: 3 }),
  batteries: fc.integer({ min: 1, max: 2 }),
  charge: fc.integer({ min: 0, max: 2000 }),
  coal: fc.integer({ min: 0, max: 5 }),
  seed: fc.nat(1_000_000),
  pace: fc.integer({ min: 5, max: 200 }),
})

/**
 * A machine with a storage at each input and one at its output, a scrubber beside it, and batteries, panels and a
 * generator.
 */
function build(works: Works): Foundry {
  const plenty = Object.fromEntries(PARTS.map(({ id }) => [id, 50]))
  const f = foundry.create(
    FoundryConfig.parse({
      size: { x: 10, y: 5, z: 10 },
      inventory: [plenty],
      goals: [{ kind: 'deliver', item: 'iron_plate', count: 1_000_000 }],
      clouds: { every: 7, least: 0 },
      emission_permille: 10_000,
    }),
    works.seed,
  )
  const ids = new Map<string, number>()
  const place = (def_id: string, x: number, y: number, z: number): void => {
    const command: FoundryCommand = { type: 'place_part', def_id, origin: { x, y, z }, facing: 'east' }
    assert.equal(foundry.apply(f, 0, command, QUIET), undefined, `${def_id} at ${x} ${y} ${z}`)
    ids.set(`${x} ${y} ${z}`, f.parts.last)
  }
  const machine = works.recipe.madeIn
  place(machine, 4, 1, 4)
  for (const [index] of works.recipe.inputs.entries()) place('storage', 3, 1, 4 + index)
  if (machine === 'smelter') place('storage', 6, 1, 4)
  if (machine === 'assembler') place('storage', 5, 1, 5)
  place('battery', 4, 1, 3)
  if (works.batteries > 1) place('battery', 4, 1, 2)
  else place('wire', 4, 1, 2)
  for (let panel = 0; panel < works.panels; panel++) place('solar_panel', 4, 2, 3 - panel)
  place('generator', 2, 1, 2)
  place('scrubber', 5, 1, 3)
  return fill(f, works, ids)
}

/** The same floor with filled storages, batteries and generator, and totals that account for their contents. */
function fill(f: Foundry, works: Works, ids: ReadonlyMap<string, number>): Foundry {
  const save = SavedFoundry.parse(JSON.parse(JSON.stringify(foundry.save(f))))
  const part = (x: number, y: number, z: number) => {
    const found = save.parts.find(({ id }) => id === atKey(ids, `${x} ${y} ${z}`))
    assert.ok(found)
    return found
  }
  const mine = (item: number, count: number): void => {
    save.ledger.mined[item - 1] = at(save.ledger.mined, item - 1) + count
  }
  for (const [index, { item }] of works.recipe.inputs.entries()) {
    part(3, 1, 4 + index).stock = { [at(ITEMS, item - 1)]: 60 }
    mine(item, 60)
  }
  part(4, 1, 3).energy = works.charge
  save.ledger.generated += works.charge
  if (works.coal > 0) part(2, 1, 2).stock = { coal: works.coal }
  mine(FUEL.item, works.coal)
  Object.assign(part(4, 1, 4), { recipe_id: works.recipe.id })
  return foundry.load(JSON.parse(JSON.stringify(save)))
}

function interfere(f: Foundry, random: RandomState): void {
  const part_id = 1 + nextBelow(random, f.parts.last)
  const commands: readonly FoundryCommand[] = [
    { type: 'set_machine_enabled', part_id, enabled: nextBelow(random, 3) > 0 },
    { type: 'set_machine_recipe', part_id, recipe_id: at(MADE, nextBelow(random, MADE.length)).id },
    { type: 'rotate_part', part_id, facing: at(['north', 'east', 'south', 'west'], nextBelow(random, 4)) },
    { type: 'remove_part', part_id },
  ]
  // Removal comes last and is rare, so that something is left to run.
  foundry.apply(f, 0, at(commands, Math.min(3, nextBelow(random, 10) >> 1)), QUIET)
}

test('foundry: fed machines, batteries, generators and scrubbers conserve everything, tick by tick', () => {
  const followed = new Set<string>()
  const seen = { charged: 0, drained: 0, burned: 0, scrubbed: 0, lost: 0 }
  fc.assert(
    fc.property(ArbWorks, (works) => {
      let f = build(works)
      const random = createRandom(works.seed, 'storage fuzz')
      const consumed = f.ledger.consumed.slice()
      for (let each = 0; each < TICKS; each++) {
        if (each > 60 && each % works.pace === 0) interfere(f, random)
        const before = energyStored(f)
        tick(f, 1)
        const after = energyStored(f)
        if (after > before) seen.charged++
        if (after < before) seen.drained++
        assert.equal(findImbalance(f), undefined, `tick ${f.tick}`)
        if (each === 60 && hasFollowed(f, works.recipe, consumed)) followed.add(works.recipe.id)
      }
      if (at(f.ledger.consumed, FUEL.item - 1) > 0) seen.burned++
      if (f.ledger.scrubbed > 0) seen.scrubbed++
      if (f.ledger.lost > 0) seen.lost++
      const digest = foundry.digest(f)
      // Loading checks inventories against built parts, and goals against deliveries.
      f = foundry.load(JSON.parse(JSON.stringify(foundry.save(f))))
      assert.equal(foundry.digest(f), digest)
    }),
    { numRuns: 300, seed: 11 },
  )
  assert.deepEqual(
    MADE.filter(({ id }) => !followed.has(id)).map(({ id }) => id),
    [],
    'every recipe was followed',
  )
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 10, `${what} ${times} times`)
})

/** Whether a machine with the recipe has consumed inputs for it. */
function hasFollowed(f: Foundry, recipe: Recipe, consumed: readonly number[]): boolean {
  return recipe.inputs.every(({ item, count }) => at(f.ledger.consumed, item - 1) - at(consumed, item - 1) >= count)
}
