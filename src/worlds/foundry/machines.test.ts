import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aFloor, FloorBuilder } from '../../testing/foundry-runs.ts'
import { SavedFoundry } from './save-schema.ts'
import { foundry } from './world.ts'

const clean = (): FloorBuilder => new FloorBuilder({ ...aFloor(), emission_permille: 0 })

/** A fresh floor continued from a save with some parts changed; added items count as mined. */
function withStock(site: FloorBuilder, id: number | string, stock: Record<string, number>): void {
  const row = site.f.parts.row[Number(id)] ?? 0
  for (const [index, item] of [
    'iron_ore',
    'copper_ore',
    'coal',
    'iron_plate',
    'copper_plate',
    'gear',
    'cable',
    'circuit',
  ].entries()) {
    site.f.nodes.stock[row * 8 + index] = stock[item] ?? 0
    site.f.ledger.mined[index] = (site.f.ledger.mined[index] ?? 0) + (stock[item] ?? 0)
  }
}

test('foundry: a conveyor moves an item by a cell in four ticks, holds two per cell, and delivers one every two ticks', () => {
  const site = clean()
  const storage = site.place('storage', [0, 1, 0])
  for (let x = 1; x <= 4; x++) site.place('conveyor', [x, 1, 0])
  site.place('delivery_port', [5, 1, 0])
  withStock(site, storage, { coal: 40 })
  site.tick(1)
  assert.deepEqual(site.part(2)?.items, [{ item: 'coal', offset: 0 }])
  site.tick(4)
  assert.deepEqual(site.part(3)?.items, [{ item: 'coal', offset: 0 }])
  assert.deepEqual(site.part(2)?.items, [
    { item: 'coal', offset: 8 },
    { item: 'coal', offset: 0 },
  ])
  // Four cells of 16 units, and the item is 8 long: 14 moves of 4 after it entered.
  site.tick(9)
  assert.equal(site.f.ledger.delivered[2], 0)
  assert.equal(site.tick(1).f.ledger.delivered[2], 1)
  assert.equal(site.tick(20).f.ledger.delivered[2], 11)
})

test('foundry: a blocked line fills up with two items per cell, and sleeps', () => {
  const site = clean()
  const storage = site.place('storage', [0, 1, 0])
  for (let x = 1; x <= 3; x++) site.place('conveyor', [x, 1, 0])
  withStock(site, storage, { coal: 40 })
  site.tick(60)
  assert.equal(site.f.belts.itemCount, 6)
  assert.equal(site.state(2), 'blocked')
  assert.equal(site.f.queue.length, 0)
  assert.equal(
    [...site.f.belts.wheel.slots].every((slot) => slot.length === 0),
    true,
  )
})

test('foundry: belts turn corners, but belts that meet from both sides need a merger', () => {
  const site = clean()
  site.place('conveyor', [1, 1, 1], 'east')
  const corner = site.place('conveyor', [2, 1, 1], 'north')
  assert.deepEqual(foundry.headless?.inspect?.(site.f, Number(corner))?.connected_item_parts, [1])
  site.place('conveyor', [3, 1, 1], 'west')
  assert.deepEqual(foundry.headless?.inspect?.(site.f, Number(corner))?.connected_item_parts, [])
  const back = site.place('conveyor', [2, 1, 2], 'north')
  assert.deepEqual(foundry.headless?.inspect?.(site.f, Number(corner))?.connected_item_parts, [back])
})

test('foundry: lifts carry up through the lifts above them, and out at the top', () => {
  const site = clean()
  const storage = site.place('storage', [0, 1, 0])
  for (let y = 1; y <= 3; y++) site.place('lift', [1, y, 0])
  site.place('conveyor', [2, 3, 0])
  withStock(site, storage, { coal: 5 })
  site.tick(1)
  assert.deepEqual(site.part(2)?.items, [{ item: 'coal', offset: 0 }])
  site.tick(8)
  assert.equal(site.part(4)?.items?.[0]?.offset, 0)
  site.tick(4)
  assert.equal(site.part(5)?.items?.[0]?.offset, 0)
})

test('foundry: a splitter gives in turn, a merger takes in turn, a filter sorts', () => {
  const site = clean()
  const storage = site.place('storage', [1, 1, 3])
  site.place('splitter', [2, 1, 3])
  const ports = [
    site.place('delivery_port', [3, 1, 3]),
    site.place('storage', [2, 1, 2], 'north'),
    site.place('storage', [2, 1, 4], 'south'),
  ]
  withStock(site, storage, { coal: 30 })
  site.tick(60)
  assert.equal(site.f.ledger.delivered[2], 10)
  assert.deepEqual(
    ports.slice(1).map((port) => site.part(port)?.stock?.coal),
    [10, 10],
  )
  const sorted = clean()
  const mixed = sorted.place('storage', [1, 1, 3])
  const filter = sorted.place('filter', [2, 1, 3])
  sorted.place('delivery_port', [3, 1, 3])
  const rest = sorted.place('storage', [2, 1, 2], 'north')
  withStock(sorted, mixed, { iron_ore: 3, coal: 4 })
  sorted.tick(5)
  assert.equal(sorted.state(filter), 'no_recipe')
  sorted.say({ type: 'set_machine_recipe', part_id: Number(filter), recipe_id: 'sort_coal' })
  sorted.tick(30)
  assert.equal(sorted.f.ledger.delivered[2], 4)
  assert.deepEqual(sorted.part(rest)?.stock, { iron_ore: 3 })
})

test('foundry: a machine reports why it does not work', () => {
  const site = clean()
  const smelter = site.place('smelter', [2, 1, 2])
  site.place('solar_panel', [2, 1, 1])
  site.place('solar_panel', [3, 1, 1])
  const states = [site.state(smelter)]
  site.say({ type: 'set_machine_recipe', part_id: Number(smelter), recipe_id: 'smelt_iron' })
  states.push(site.state(smelter))
  site.say({ type: 'set_machine_enabled', part_id: Number(smelter), enabled: false })
  states.push(site.state(smelter))
  site.say({ type: 'set_machine_enabled', part_id: Number(smelter), enabled: true })
  const storage = site.place('storage', [1, 1, 2])
  withStock(site, storage, { iron_ore: 30 })
  site.tick(10)
  states.push(site.state(smelter))
  site.tick(300)
  states.push(site.state(smelter))
  assert.deepEqual(states, ['no_recipe', 'starved', 'disabled', 'working', 'blocked'])
  assert.equal(site.part(smelter)?.ready?.iron_plate, 8)
})

test('foundry: a fabricator turns items into a part of the build inventory', () => {
  const site = new FloorBuilder({
    ...aFloor(),
    inventory: [{ fabricator: 1, solar_panel: 4, storage: 1 }],
    emission_permille: 0,
  })
  const fabricator = site.place('fabricator', [3, 1, 2])
  site.place('solar_panel', [3, 1, 1])
  site.place('solar_panel', [3, 1, 5])
  const storage = site.place('storage', [2, 1, 3])
  withStock(site, storage, { iron_plate: 5 })
  assert.equal(
    site.say({ type: 'set_build_recipe', part_id: Number(fabricator), recipe_id: 'build_conveyor' }),
    undefined,
  )
  assert.equal(site.place('conveyor', [0, 1, 0]), 'NOT_IN_INVENTORY')
  site.tick(70)
  const { inventories } = SavedFoundry.parse(foundry.save(site.f))
  assert.equal(inventories[0]?.conveyor, 5)
  assert.equal(typeof site.place('conveyor', [0, 1, 0]), 'number')
})

test('foundry: changing the recipe discards the inputs, and counts them', () => {
  const site = clean()
  const smelter = site.place('smelter', [2, 1, 2])
  site.say({ type: 'set_machine_recipe', part_id: Number(smelter), recipe_id: 'smelt_iron' })
  const storage = site.place('storage', [1, 1, 2])
  withStock(site, storage, { iron_ore: 9 })
  site.tick(10)
  const { iron_ore } = site.part(smelter)?.stock ?? {}
  site.say({ type: 'set_machine_recipe', part_id: Number(smelter), recipe_id: 'smelt_copper' })
  assert.equal(site.f.ledger.destroyed[0], iron_ore)
  assert.equal(site.part(smelter)?.progress, undefined)
})
