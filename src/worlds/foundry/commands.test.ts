import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aFloor, FloorBuilder } from '../../testing/foundry-runs.ts'
import { REFUSALS } from './commands.ts'
import type { FoundryCommand } from './config.ts'
import { foundry } from './world.ts'

const crewed = {
  ...aFloor({ slots: 2 }),
  plots: [
    { x0: 0, x1: 3, z0: 0, z1: 7 },
    { x0: 4, x1: 7, z0: 0, z1: 7 },
  ],
}

/** A floor with a fixed port (1), a wire (2), a smelter (3), a fabricator (4), an extractor (5) and a tower (6, 7). */
function aSite(): FloorBuilder {
  const site = new FloorBuilder({
    ...crewed,
    fixed: [{ def_id: 'delivery_port', origin: { x: 3, y: 1, z: 7 } }],
    inventory: [{ ...crewed.inventory[0], vent: 0 }, crewed.inventory[1] ?? {}],
  })
  for (const [def_id, x, y, z] of [
    ['wire', 0, 1, 0],
    ['smelter', 1, 1, 1],
    ['fabricator', 2, 1, 3],
    ['extractor', 0, 1, 4],
    ['frame_block', 0, 1, 7],
    ['frame_block', 0, 2, 7],
  ] as const) {
    assert.equal(typeof site.place(def_id, [x, y, z]), 'number', def_id)
  }
  return site
}

const put = (def_id: string, x: number, y: number, z: number): FoundryCommand => ({
  type: 'place_part',
  def_id,
  origin: { x, y, z },
  facing: 'east',
})

const REFUSED: readonly (readonly [what: string, command: FoundryCommand, code: string])[] = [
  ['a part that there is not', put('teapot', 2, 1, 0), 'UNKNOWN_DEF'],
  ['a cell outside the grid', put('wire', -1, 1, 0), 'OUT_OF_BOUNDS'],
  ['a part that reaches out of the grid', put('fabricator', 3, 4, 0), 'OUT_OF_BOUNDS'],
  ["a cell of the other crew's plot", put('wire', 4, 1, 0), 'OUT_OF_BOUNDS'],
  ['a cell that is taken', put('wire', 0, 1, 0), 'CELL_OCCUPIED'],
  ['a part that reaches into another', put('smelter', 0, 1, 1), 'CELL_OCCUPIED'],
  ['the ground', put('wire', 2, 0, 0), 'CELL_OCCUPIED'],
  ['the air', put('wire', 3, 4, 0), 'UNSUPPORTED'],
  ['an extractor without a deposit', put('extractor', 1, 1, 0), 'UNSUPPORTED'],
  ['an extractor on a part above a deposit', put('extractor', 0, 2, 4), 'UNSUPPORTED'],
  ['a part that is used up', put('vent', 2, 1, 0), 'NOT_IN_INVENTORY'],
  ['removing what is not there', { type: 'remove_part', part_id: 99 }, 'UNKNOWN_PART'],
  ['removing a part of the scenario', { type: 'remove_part', part_id: 1 }, 'FIXED_PART'],
  ['removing what another part hangs from', { type: 'remove_part', part_id: 6 }, 'UNSUPPORTED'],
  ['turning what is not there', { type: 'rotate_part', part_id: 99, facing: 'west' }, 'UNKNOWN_PART'],
  ['turning a part of the scenario', { type: 'rotate_part', part_id: 1, facing: 'west' }, 'FIXED_PART'],
  ['turning a part into another', { type: 'rotate_part', part_id: 4, facing: 'north' }, 'OUT_OF_BOUNDS'],
  ['switching what is not there', { type: 'set_machine_enabled', part_id: 99, enabled: false }, 'UNKNOWN_PART'],
  ['switching a wire', { type: 'set_machine_enabled', part_id: 2, enabled: false }, 'NOT_A_MACHINE'],
  ['a recipe for a wire', { type: 'set_machine_recipe', part_id: 2, recipe_id: 'smelt_iron' }, 'NOT_A_MACHINE'],
  [
    'a recipe for another machine',
    { type: 'set_machine_recipe', part_id: 3, recipe_id: 'press_gear' },
    'RECIPE_NOT_ALLOWED',
  ],
  [
    'a recipe that there is not',
    { type: 'set_machine_recipe', part_id: 3, recipe_id: 'brew_tea' },
    'RECIPE_NOT_ALLOWED',
  ],
  [
    'ore that is not in the ground',
    { type: 'set_machine_recipe', part_id: 5, recipe_id: 'mine_coal' },
    'RECIPE_NOT_ALLOWED',
  ],
  [
    'a build recipe set as a plain one',
    { type: 'set_machine_recipe', part_id: 4, recipe_id: 'build_wire' },
    'RECIPE_NOT_ALLOWED',
  ],
  [
    'a plain recipe for a fabricator',
    { type: 'set_build_recipe', part_id: 4, recipe_id: 'smelt_iron' },
    'RECIPE_NOT_ALLOWED',
  ],
  [
    'a build recipe for a smelter',
    { type: 'set_build_recipe', part_id: 3, recipe_id: 'build_wire' },
    'NOT_A_FABRICATOR',
  ],
  ['a build recipe for nobody', { type: 'set_build_recipe', part_id: 99, recipe_id: null }, 'UNKNOWN_PART'],
]

for (const [what, command, code] of REFUSED) {
  test(`foundry: ${what} is refused with ${code}, and nothing changes`, () => {
    const site = aSite()
    const before = foundry.digest(site.f)
    assert.equal(site.say(command), code)
    assert.equal(foundry.digest(site.f), before)
  })
}

test('foundry: the table of refusals has every code', () => {
  assert.deepEqual(new Set(REFUSED.map(([, , code]) => code)), new Set(REFUSALS))
})

test('foundry: a crew cannot change the parts of the other crew', () => {
  const site = aSite()
  assert.equal(site.say({ type: 'remove_part', part_id: 2 }, 1), 'FIXED_PART')
  assert.equal(site.say({ type: 'remove_part', part_id: 2 }, 0), undefined)
})

test('foundry: ids grow from 1 and are never reused', () => {
  const site = new FloorBuilder()
  assert.equal(site.place('wire', [0, 1, 0]), 1)
  assert.equal(site.say({ type: 'remove_part', part_id: 1 }), undefined)
  assert.equal(site.place('wire', [0, 1, 0]), 2)
})

test('foundry: a removed part returns to the inventory of its crew', () => {
  const site = new FloorBuilder({ ...aFloor(), inventory: [{ wire: 1 }] })
  site.place('wire', [0, 1, 0])
  assert.equal(site.place('wire', [1, 1, 0]), 'NOT_IN_INVENTORY')
  site.say({ type: 'remove_part', part_id: 1 })
  assert.equal(site.place('wire', [1, 1, 0]), 2)
})

test('foundry: a bridge stands while one of its ends is supported', () => {
  const site = new FloorBuilder()
  for (const [x, y] of [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 2],
    [2, 1],
  ] as const) {
    assert.equal(typeof site.place('frame_block', [x, y, 0]), 'number')
  }
  assert.equal(site.say({ type: 'remove_part', part_id: 5 }), undefined)
  assert.equal(site.say({ type: 'remove_part', part_id: 1 }), 'UNSUPPORTED')
})

test('foundry: parts longer than a cell rotate their footprint', () => {
  const site = new FloorBuilder()
  assert.equal(site.place('smelter', [2, 1, 2], 'north'), 1)
  assert.equal(site.place('wire', [2, 1, 3]), 'CELL_OCCUPIED')
  assert.equal(site.say({ type: 'rotate_part', part_id: 1, facing: 'west' }), undefined)
  assert.equal(site.place('wire', [2, 1, 3]), 2)
  assert.equal(site.place('wire', [3, 1, 2]), 'CELL_OCCUPIED')
})
