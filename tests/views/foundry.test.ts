// Calculations of the foundry's view, checked against the rules: where parts fit, how belts turn, what a ray hits,
// and what a command file contains.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { configureWorld } from '../../src/kernel/world.ts'
import { JsonObject } from '../../src/protocol/json.ts'
import { loadWorld } from '../../src/testing/built-in-worlds.ts'
import { arbFoundryRun } from '../../src/testing/foundry-runs.ts'
import { FACINGS, PARTS } from '../../src/worlds/foundry/catalogue.ts'
import { cellToPoint } from '../../src/worlds/foundry/geometry.ts'
import { feederOf, isBelt } from '../../src/worlds/foundry/links.ts'
import type { Foundry } from '../../src/worlds/foundry/state.ts'
import { PART_STATES } from '../../src/worlds/foundry/status.ts'
import { formOf, turnBox } from '../../src/worlds/foundry/view/boxes.ts'
import { toCommandFile } from '../../src/worlds/foundry/view/command-file.ts'
import { flatten, readInspection } from '../../src/worlds/foundry/view/inspection.ts'
import { buildParts, STRIDE } from '../../src/worlds/foundry/view/instances.ts'
import { beltPath, powerArms, rowOfId, shapeFor } from '../../src/worlds/foundry/view/layout.ts'
import { pick } from '../../src/worlds/foundry/view/pick.ts'
import { placeCommand, placementFault } from '../../src/worlds/foundry/view/preview.ts'
import { MAX_RUN, planRun } from '../../src/worlds/foundry/view/run.ts'
import { readScene, STATES } from '../../src/worlds/foundry/view/scene.ts'
import { foundry } from '../../src/worlds/foundry/world.ts'

const QUIET = { effect: () => '', cancel: () => undefined, event: () => undefined }

/** A floor with random parts. */
function play(run: { config: unknown; seed: number; acts: readonly any[] }): Foundry {
  const state = foundry.create(foundry.config.parse(run.config), run.seed)
  for (const act of run.acts) {
    if (act.kind === 'command') foundry.apply(state, act.slot, act.command, QUIET)
    else foundry.step(state, QUIET)
  }
  return state
}

const sceneOf = (state: Foundry) =>
  readScene(JsonObject.parse(JSON.parse(JSON.stringify(foundry.view?.spectate(state)))))

function begin(variant: string): Foundry {
  return foundry.create(foundry.config.parse(configureWorld(foundry, variant).config), 1)
}

test('foundry view: its placement check gives the codes of the rules', () => {
  const places = fc.array(
    fc.record({
      def: fc.nat(PARTS.length - 1),
      facing: fc.nat(3),
      x: fc.integer({ min: -1, max: 9 }),
      y: fc.integer({ min: -1, max: 5 }),
      z: fc.integer({ min: -1, max: 9 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(arbFoundryRun({ slots: 2, acts: 25 }), places, fc.nat(1), (run, tries, slot) => {
      const state = play(run)
      for (const { def, facing, ...origin } of tries) {
        const said = placementFault(sceneOf(state), slot, { def, facing, origin })
        const answer = foundry.apply(state, slot, placeCommand({ def, facing, origin }), QUIET)
        assert.equal(said?.code, answer?.code, `${PARTS[def]?.id} at ${JSON.stringify(origin)}`)
      }
    }),
    { numRuns: 60 },
  )
})

test('foundry view: zones of the clean room apply to previews and commands alike', () => {
  const at = fc.record({ x: fc.nat(19), y: fc.integer({ min: 1, max: 3 }), z: fc.nat(11), facing: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(at, { minLength: 1, maxLength: 12 }), (tries) => {
      const state = begin('clean_room')
      for (const { facing, ...origin } of tries) {
        const def = PARTS.findIndex(({ id }) => id === 'smelter')
        const said = placementFault(sceneOf(state), 0, { def, facing, origin })
        const answer = foundry.apply(state, 0, placeCommand({ def, facing, origin }), QUIET)
        assert.equal(said?.code, typeof answer === 'object' ? answer.code : undefined, JSON.stringify(origin))
      }
    }),
    { numRuns: 40 },
  )
})

test('foundry view: belts are drawn as the rules link them, and wires as their nets join', () => {
  fc.assert(
    fc.property(arbFoundryRun({ slots: 1, acts: 40 }), (run) => {
      const state = play(run)
      const { layout } = sceneOf(state)
      for (let part = 1; part <= state.parts.last; part++) {
        if (state.parts.def[part] === 0) continue
        const row = rowOfId(layout, part)
        assert.ok(row >= 0)
        const cell = cellToPoint(state.size, state.parts.origin[part] ?? 0)
        if (isBelt(state, part)) {
          const feeder = feederOf(state, part)
          if (!feeder) continue
          const { from } = beltPath(layout, row)
          const far = state.shapes[state.parts.shape[feeder.part] ?? 0]?.itemPorts[feeder.port]
          const back = [2, 3, 0, 1, 5, 4][from]
          assert.equal(far?.direction, back, `belt ${part} at ${JSON.stringify(cell)}`)
        } else if (state.parts.net[part] !== 0) {
          const alone = state.nets.byId[state.parts.net[part] ?? 0]?.size === 1
          assert.equal(powerArms(layout, row).length === 0, alone)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('foundry view: states match the rules, and a rotated box lies in the cells of its part', () => {
  assert.deepEqual(STATES, PART_STATES)
  for (let def = 0; def < PARTS.length; def++) {
    for (let facing = 0; facing < 4; facing++) {
      const extent = shapeFor(def, facing, { x: 0, y: 1, z: 0 })?.extent
      assert.ok(extent)
      assert.ok(formOf(def).length > 0)
      for (const box of formOf(def)) {
        const { min, size } = turnBox(box, def, facing)
        for (const [axis, most] of [extent.x, extent.y, extent.z].entries()) {
          assert.ok((min[axis] ?? -1) >= 0 && (min[axis] ?? 0) + (size[axis] ?? 0) <= most + 1e-9, PARTS[def]?.id)
        }
      }
    }
  }
})

test('foundry view: a frame in which nobody built keeps the layout, and an observation shows the same parts', () => {
  const state = begin('first_slice')
  foundry.apply(
    state,
    0,
    { type: 'place_part', def_id: 'extractor', origin: { x: 2, y: 1, z: 5 }, facing: 'east' },
    QUIET,
  )
  foundry.step(state, QUIET)
  const first = sceneOf(state)
  foundry.step(state, QUIET)
  const second = readScene(JsonObject.parse(foundry.view?.spectate(state)), first)
  assert.equal(second.layout, first.layout)
  const own = readScene(JsonObject.parse(foundry.observe(state, 0)))
  assert.deepEqual([...own.layout.parts.id], [...second.layout.parts.id])
  assert.deepEqual([...own.layout.parts.origin], [...second.layout.parts.origin])
  assert.deepEqual([...own.states], [...second.states])
  assert.deepEqual(own.inventories, second.inventories)
  for (const broken of [
    {},
    { size: 3, parts: [{}], states: 4, items: ['x'], air: [1] },
    { parts: { id: [1, 2], def: [99] } },
  ]) {
    assert.ok(buildParts(readScene(broken)).count >= 1)
  }
})

test('foundry view: a ray from above hits the top of a part, and the floor next to it', () => {
  const state = begin('first_slice')
  for (const y of [1, 2]) {
    foundry.apply(
      state,
      0,
      { type: 'place_part', def_id: 'frame_block', origin: { x: 4, y, z: 4 }, facing: 'north' },
      QUIET,
    )
  }
  const { layout } = sceneOf(state)
  const down = (x: number, z: number) => ({ from: [x, 50, z], to: [x, -50, z] }) as const
  const top = pick(layout, down(4.5, 4.5), 9)
  assert.deepEqual([layout.parts.id[top?.row ?? -1], top?.beside], [3, { x: 4, y: 3, z: 4 }])
  assert.deepEqual(pick(layout, down(4.5, 4.5), 1)?.beside, { x: 4, y: 2, z: 4 }, 'the upper layer is cut away')
  assert.deepEqual(pick(layout, down(5.5, 4.5), 9), {
    row: -1,
    cell: { x: 5, y: 0, z: 4 },
    beside: { x: 5, y: 1, z: 4 },
  })
  const side = pick(layout, { from: [-20, 1.5, 4.5], to: [40, 1.5, 4.5] }, 9)
  assert.deepEqual(side?.beside, { x: 3, y: 1, z: 4 })
  assert.equal(pick(layout, down(-3, 4), 9), undefined)
  foundry.apply(
    state,
    0,
    { type: 'place_part', def_id: 'smelter', origin: { x: 6, y: 1, z: 5 }, facing: 'east' },
    QUIET,
  )
  // The chimney's side, seen from the south-east: a part goes on top, not into the smelter.
  const chimney = pick(sceneOf(state).layout, { from: [16.5, 11.9, 15.5], to: [-3.5, -8.1, -4.5] }, 9)
  assert.deepEqual(chimney?.beside, { x: 6, y: 2, z: 5 })
})

test('foundry view: a line of belts bends once, faces its direction, and ends at the stock or the limit', () => {
  const scene = sceneOf(begin('first_slice'))
  const def = PARTS.findIndex(({ id }) => id === 'conveyor')
  const wish = {
    def,
    from: { x: 1, y: 1, z: 1 },
    to: { x: 3, y: 1, z: 3 },
    facing: 0,
    isFlipped: false,
    isDirected: true,
  }
  const run = planRun(scene, 0, wish)
  assert.deepEqual(
    run.map(({ origin, facing }) => [origin.x, origin.z, FACINGS[facing]]),
    [
      [1, 1, 'east'],
      [2, 1, 'east'],
      [3, 1, 'south'],
      [3, 2, 'south'],
      [3, 3, 'south'],
    ],
  )
  assert.equal(planRun(scene, 0, { ...wish, isFlipped: true })[1]?.origin.z, 2)
  const long = planRun(scene, 0, { ...wish, from: { x: 0, y: 1, z: 0 }, to: { x: 15, y: 1, z: 11 } })
  assert.equal(long.filter(({ fault }) => fault === undefined).length, 24, 'as many as there are in stock')
  assert.equal(long.at(-1)?.fault?.code, 'NOT_IN_INVENTORY')
  assert.ok(planRun(sceneOf(begin('sandbox')), 0, { ...wish, to: { x: 31, y: 1, z: 31 } }).length <= MAX_RUN)
})

test('foundry view: a command file builds the same floor with the same digest', async () => {
  const world = await loadWorld('foundry')
  const done = [
    { tick: 0, command: { type: 'place_part', def_id: 'extractor', origin: { x: 2, y: 1, z: 5 }, facing: 'east' } },
    { tick: 0, command: { type: 'place_part', def_id: 'conveyor', origin: { x: 3, y: 1, z: 5 }, facing: 'east' } },
    { tick: 7, command: { type: 'place_part', def_id: 'solar_panel', origin: { x: 2, y: 2, z: 5 }, facing: 'east' } },
  ]
  const live = begin('first_slice')
  for (let tick = 0; tick < 40; tick++) {
    for (const each of done) if (each.tick === tick) foundry.apply(live, 0, foundry.command.parse(each.command), QUIET)
    foundry.step(live, QUIET)
  }
  const again = world.create(configureWorld(world, 'first_slice').config, 1)
  for (const step of JSON.parse(toCommandFile(done, 40))) {
    if (step.type === 'apply_command') world.apply(again, 0, world.command.parse(step.command), QUIET)
    else for (let i = 0; i < step.ticks; i++) world.step(again, QUIET)
  }
  assert.equal(world.digest(again), foundry.digest(live))
})

test('foundry view: the inspector shows every field of the headless inspection', () => {
  const state = begin('first_slice')
  foundry.apply(
    state,
    0,
    { type: 'place_part', def_id: 'smelter', origin: { x: 4, y: 1, z: 4 }, facing: 'east' },
    QUIET,
  )
  const json = JsonObject.parse(foundry.headless?.inspect?.(state, 2))
  const read = readInspection(json)
  assert.deepEqual([read.title, read.state, read.id], ['Smelter', 'no_recipe', 2])
  assert.match(read.advice, /no recipe/)
  const leaves = (value: any): number =>
    typeof value !== 'object' || value === null || Object.keys(value).length === 0
      ? 1
      : Object.values(value).reduce((sum: number, each) => sum + leaves(each), 0)
  const primitiveLists = read.fields.filter(({ value }) => value.includes(', ')).length
  assert.ok(flatten(json).length + primitiveLists >= leaves(json) - 1)
  assert.ok(read.fields.some(({ path, value }) => path === 'status.state' && value === 'no_recipe'))
})

test('foundry view: many parts are one box each', () => {
  const { layout, deposits, size } = sceneOf(begin('sprawl'))
  const { count, data } = buildParts({ layout, deposits, size })
  assert.ok(count > layout.count && data.length === count * STRIDE)
})
