import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aFloor, FloorBuilder } from '../../testing/foundry-runs.ts'
import { addContamination, contaminationIn } from './air-table.ts'
import { cellAt } from './geometry.ts'

function aRoom(): FloorBuilder {
  return new FloorBuilder({ ...aFloor(), emission_permille: 1000 })
}

/** Puts contamination into a cell, as if it had been emitted there. */
function soil(site: FloorBuilder, x: number, z: number, amount: number): number {
  const cell = cellAt(site.f.size, x, 1, z)
  addContamination(site.f.air, cell, amount)
  site.f.ledger.emitted += amount
  return cell
}

test('foundry: a cell gives each open neighbour an eighth of the difference, and nothing is lost', () => {
  const site = aRoom()
  const cell = soil(site, 3, 3, 803)
  site.tick(1)
  // Four neighbours on the floor and one above; the ground takes none.
  assert.equal(contaminationIn(site.f.air, cell), 803 - 5 * 100)
  assert.equal(contaminationIn(site.f.air, cellAt(site.f.size, 4, 1, 3)), 100)
  assert.equal(contaminationIn(site.f.air, cellAt(site.f.size, 3, 2, 3)), 100)
  site.tick(500)
  assert.equal(site.f.air.total, 803)
  assert.equal(site.f.air.listed.length, 0, 'at rest it costs nothing')
})

test('foundry: frame blocks keep contamination in and out', () => {
  const site = aRoom()
  for (const [x, z] of [
    [2, 3],
    [4, 3],
    [3, 2],
    [3, 4],
  ] as const) {
    site.place('frame_block', [x, 1, z])
  }
  const lid = site.place('frame_block', [2, 2, 3])
  const cover = site.place('frame_block', [3, 2, 3])
  const cell = soil(site, 3, 3, 800)
  site.tick(50)
  assert.equal(contaminationIn(site.f.air, cell), 800)
  site.say({ type: 'remove_part', part_id: Number(cover) })
  site.tick(1)
  assert.equal(contaminationIn(site.f.air, cell), 700)
  assert.equal(typeof lid, 'number')
})

test('foundry: a machine above its tolerance is fouled, and works again once the contamination clears', () => {
  const site = aRoom()
  const extractor = site.place('extractor', [2, 1, 2])
  site.place('solar_panel', [2, 1, 1])
  soil(site, 2, 2, 2000)
  site.tick(1)
  assert.equal(site.state(extractor), 'fouled')
  const { progress } = site.part(extractor) ?? {}
  site.tick(1)
  assert.equal(site.part(extractor)?.progress, progress)
  site.tick(20)
  assert.equal(site.state(extractor), 'working')
})

test('foundry: a scrubber cleans its own two cells in proportion to its power', () => {
  const site = aRoom()
  const scrubber = site.place('scrubber', [3, 1, 3])
  assert.equal(site.state(scrubber), 'idle')
  soil(site, 3, 3, 803)
  site.tick(1)
  assert.equal(site.f.ledger.scrubbed, 0)
  assert.equal(site.state(scrubber), 'unpowered')
  site.place('solar_panel', [3, 1, 2])
  site.tick(1)
  assert.equal(site.f.ledger.scrubbed, 24)
  assert.equal(site.state(scrubber), 'working')
})

test('foundry: a vent works only at the outer faces of the grid', () => {
  const site = aRoom()
  const inner = site.place('vent', [3, 1, 3])
  const outer = site.place('vent', [7, 1, 3])
  soil(site, 3, 3, 400)
  soil(site, 7, 3, 400)
  // A vent detects contamination in one tick and works in the next.
  site.tick(2)
  assert.deepEqual([site.state(inner), site.state(outer)], ['idle', 'working'])
  assert.equal(site.f.ledger.vented, 6)
})

test('foundry: working machines emit as their type and recipe define', () => {
  const site = new FloorBuilder({ ...aFloor(), deposits: [{ x: 2, z: 2, item: 'coal' }], emission_permille: 1000 })
  site.place('extractor', [2, 1, 2])
  site.tick(10)
  assert.equal(site.f.ledger.emitted, 0)
  site.place('solar_panel', [2, 1, 1])
  site.tick(10)
  assert.equal(site.f.ledger.emitted, 20)
})
