import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aFloor, FloorBuilder } from '../../testing/foundry-runs.ts'

/** An extractor (1) that draws 4, and next to it panels that each supply 5 in full sun. */
function aMine(options: { panels?: number; clouds?: { every: number; least: number } } = {}): FloorBuilder {
  const site = new FloorBuilder({ ...aFloor(), ...(options.clouds ? { clouds: options.clouds } : {}) })
  site.place('extractor', [2, 1, 2])
  if ((options.panels ?? 1) > 0) site.place('solar_panel', [2, 1, 1])
  return site
}

test('foundry: a machine with full power finishes in the ticks of its recipe', () => {
  const site = aMine()
  assert.equal(site.tick(19).f.ledger.mined[1], 0)
  assert.equal(site.tick(1).f.ledger.mined[1], 1)
  assert.deepEqual([site.f.ledger.generated, site.f.ledger.used, site.f.ledger.spilled], [100, 80, 20])
})

test('foundry: without power a machine is unpowered and makes no progress', () => {
  const site = aMine({ panels: 0 })
  assert.equal(site.tick(40).state(1), 'unpowered')
  assert.equal(site.part(1)?.progress, 0)
})

test('foundry: progress grows by the satisfaction: floor(1000 * available / demand)', () => {
  const site = aMine()
  // Two more extractors in the same net: 5 units for 12.
  site.place('extractor', [2, 1, 0])
  site.place('wire', [1, 1, 1])
  site.place('wire', [1, 1, 2])
  site.place('wire', [1, 1, 3])
  site.place('wire', [1, 1, 4])
  site.place('extractor', [2, 1, 4])
  site.tick(1)
  assert.equal(site.state(1), 'brownout')
  assert.equal(site.part(1)?.progress, 416)
  site.tick(47)
  assert.equal(site.part(1)?.progress, 48 * 416)
  assert.equal(
    site.tick(1).f.ledger.mined.reduce((sum, count) => sum + count, 0),
    3,
  )
})

test('foundry: batteries charge from the surplus, and cover a deficit', () => {
  const site = aMine()
  const battery = site.place('battery', [3, 1, 1])
  site.tick(20)
  assert.equal(site.part(battery)?.energy, 20)
  site.say({ type: 'remove_part', part_id: 2 })
  // The panel carried the current: without it the battery is disconnected; a wire reconnects it.
  assert.equal(site.tick(1).state(1), 'unpowered')
  site.place('wire', [2, 1, 1])
  assert.equal(site.tick(4).part(battery)?.energy, 4)
  assert.equal(site.state(1), 'working')
  assert.equal(site.tick(2).part(battery)?.energy, undefined)
  assert.equal(site.state(1), 'unpowered')
})

test('foundry: generators burn only to cover what the sun does not supply, one coal for twenty ticks', () => {
  const site = new FloorBuilder({ ...aFloor(), deposits: [{ x: 0, z: 2, item: 'coal' }], emission_permille: 0 })
  site.place('extractor', [0, 1, 2])
  const panel = site.place('solar_panel', [0, 1, 1])
  const generator = site.place('generator', [1, 1, 2])
  site.place('wire', [1, 1, 1])
  site.tick(60)
  assert.equal(site.state(generator), 'idle')
  assert.equal(site.f.ledger.consumed[2], 0)
  const stock = site.part(generator)?.stock?.coal ?? 0
  assert.ok(stock > 0)
  site.say({ type: 'remove_part', part_id: Number(panel) })
  site.place('wire', [0, 1, 1])
  site.tick(20)
  assert.equal(site.state(generator), 'working')
  assert.equal(site.f.ledger.consumed[2], 1)
  assert.equal(site.tick(1).f.ledger.consumed[2], 2)
})

test('foundry: clouds redraw the sun from the seed, within their bounds', () => {
  const suns = new Set<number>()
  const site = aMine({ clouds: { every: 3, least: 200 } })
  for (let i = 0; i < 60; i++) {
    const before = site.f.sun
    site.tick(1)
    if (i % 3 !== 0) assert.equal(site.f.sun, before)
    assert.ok(site.f.sun >= 200 && site.f.sun <= 1000)
    suns.add(site.f.sun)
  }
  assert.ok(suns.size > 10)
})

test('foundry: removing a wire splits its net, and adding one joins it', () => {
  const site = aMine()
  site.place('wire', [3, 1, 1])
  const joint = site.place('wire', [4, 1, 1])
  site.place('wire', [5, 1, 1])
  const far = site.place('battery', [6, 1, 1])
  site.tick(5)
  assert.equal(site.part(far)?.energy, 5)
  site.say({ type: 'remove_part', part_id: Number(joint) })
  assert.equal(site.tick(5).part(far)?.energy, 5)
  site.place('wire', [4, 1, 1])
  assert.equal(site.tick(5).part(far)?.energy, 10)
})
