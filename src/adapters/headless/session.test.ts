import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { createFold, foldStep, loadFold } from '../../kernel/fold.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import type { HeadlessStep } from '../../protocol/headless.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { loadWorld } from '../../testing/built-in-worlds.ts'
import { decideBuilder, FoundryView } from '../../worlds/foundry/bots.ts'
import { FoundryConfig } from '../../worlds/foundry/config.ts'
import { parseScript } from './script.ts'
import { HeadlessSession } from './session.ts'

const foundry: World = await loadWorld('foundry')
const SOLUTIONS = globSync('src/worlds/foundry/solutions/*.json').sort()

function readSolution(scenario: string): HeadlessStep[] {
  const json: JsonValue = JSON.parse(readFileSync(`src/worlds/foundry/solutions/${scenario}.json`, 'utf8'))
  return parseScript(json, foundry)
}

test('headless: every scenario with an objective has a solution', () => {
  const withGoals = foundry.variants.filter(({ config }) => Array.isArray(config.goals)).map(({ id }) => id)
  assert.deepEqual(
    SOLUTIONS.map((path) => basename(path, '.json')),
    withGoals.sort(),
  )
})

for (const path of SOLUTIONS) {
  const scenario = basename(path, '.json')
  test(`headless: the solution of ${scenario} reaches victory`, async () => {
    const session = HeadlessSession.start(foundry, { scenario })
    for (const step of readSolution(scenario)) {
      const outcome = await session.execute(step)
      assert.equal(outcome.error, undefined, JSON.stringify(step))
    }
    assert.equal(session.objective.complete, true)
  })
}

for (const scenario of ['bootstrap', 'one_gap']) {
  test(`headless: a straightforward first layout does not win ${scenario}`, async () => {
    const path = `tests/fixtures/foundry-first-layouts/${scenario}.json`
    const session = HeadlessSession.start(foundry, { scenario })
    const outcomes = []
    for (const step of parseScript(JSON.parse(readFileSync(path, 'utf8')), foundry)) {
      outcomes.push(await session.execute(step))
    }
    assert.deepEqual(outcomes.map(({ ok }) => ok).indexOf(false), outcomes.length - 1, 'only the last step fails')
    assert.equal(outcomes.at(-1)?.error?.code, 'OBJECTIVE_FAILED')
    const { produced_total } = session.summary()
    assert.ok(JSON.stringify(produced_total).includes(scenario === 'one_gap' ? '"circuit"' : '"iron_plate"'))
  })
}

test('headless: every scenario ends, truncated at its tick limit if it is not completed', () => {
  for (const { id } of foundry.variants) {
    const { config } = configureWorld(foundry, id)
    const { max_ticks } = FoundryConfig.parse(config)
    assert.ok(max_ticks > 0, id)
  }
  const fold = createFold(
    foundry,
    FoundryConfig.parse({ size: { x: 2, y: 2, z: 2 }, inventory: [{}], max_ticks: 3 }),
    1,
  )
  for (let tick = 0; tick < 3; tick++) {
    assert.equal(foundry.outcome(fold.state), undefined)
    foldStep(fold)
  }
  assert.deepEqual(foundry.outcome(fold.state), { ended: 'truncated', reason: 'The limit of 3 ticks was reached.' })
})

test('headless: in clean_room, smelters and assemblers must stand in the room, placed or rotated', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'clean_room' })
  const place = (def_id: string, x: number, z: number) =>
    session.execute({
      type: 'apply_command',
      command: { type: 'place_part', def_id, origin: { x, y: 1, z }, facing: 'east' },
    })
  for (const def of ['smelter', 'assembler']) {
    const outcome = await place(def, 3, 8)
    assert.equal(outcome.error?.code, 'OUT_OF_BOUNDS', def)
    assert.match(outcome.error?.message ?? '', /stands within \(7, 1, 4\) to \(13, 2, 6\)/)
  }
  const inside = await place('assembler', 13, 4)
  assert.equal(inside.ok, true)
  const f = foundry.create(
    FoundryConfig.parse({
      size: { x: 8, y: 4, z: 8 },
      inventory: [{ assembler: 1 }],
      zones: [{ def_id: 'assembler', from: { x: 1, y: 1, z: 1 }, to: { x: 1, y: 1, z: 3 } }],
    }),
    1,
  )
  const quiet = { effect: () => '', cancel: () => undefined, event: () => undefined }
  const origin = { x: 1, y: 1, z: 1 }
  assert.equal(
    foundry.apply(f, 0, { type: 'place_part', def_id: 'assembler', origin, facing: 'east' }, quiet),
    undefined,
  )
  const turned = foundry.apply(f, 0, { type: 'rotate_part', part_id: 1, facing: 'north' }, quiet)
  assert.equal(turned?.code, 'OUT_OF_BOUNDS')
})

test('headless: a summary of several crews lists what each may place', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'two_crews' })
  const { build_inventory, build_inventories } = session.summary()
  const [west, east] = z.array(z.record(z.string(), z.int())).parse(build_inventories)
  assert.deepEqual([west?.frame_block, east?.frame_block], [4, 4])
  assert.deepEqual([west?.smelter, east?.smelter], [undefined, 1])
  assert.equal(z.record(z.string(), z.int()).parse(build_inventory).frame_block, 8)
})

test('headless: a starved machine in a net without power reports a satisfaction of 0', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'first_slice' })
  const place = (def_id: string, x: number, y: number) =>
    session.execute({
      type: 'apply_command',
      command: { type: 'place_part', def_id, origin: { x, y, z: 8 }, facing: 'east' },
    })
  const smelter = Number((await place('smelter', 5, 1)).detail?.part_id)
  await session.execute({
    type: 'apply_command',
    command: { type: 'set_machine_recipe', part_id: smelter, recipe_id: 'smelt_iron' },
  })
  const status = () =>
    z.looseObject({ state: z.string(), satisfaction: z.int() }).parse(session.inspect(smelter).detail?.status)
  assert.deepEqual([status().state, status().satisfaction], ['starved', 0])
  await place('solar_panel', 5, 2)
  assert.deepEqual([status().state, status().satisfaction], ['starved', 1000])
})

test('headless: brownout is lost without the generator, and clean_room without the scrubber', async () => {
  for (const [scenario, without] of [
    ['brownout', 'generator'],
    ['clean_room', 'scrubber'],
  ] as const) {
    const session = HeadlessSession.start(foundry, { scenario })
    const outcomes = []
    for (const step of readSolution(scenario)) {
      if (step.type === 'apply_command' && step.command.def_id === without) continue
      // Later steps name parts by id: these scripts use no recipes after the missing one.
      outcomes.push(await session.execute(step))
    }
    assert.equal(outcomes.at(-1)?.ok, false, scenario)
    assert.equal(session.objective.complete, false, scenario)
  }
})

const Snapshot = z.object({
  deposits: z.array(z.unknown()),
  parts: z.array(z.looseObject({ id: z.int() })),
  config: z.object({ size: z.unknown() }),
})
const Inspection = z.object({ status: z.object({ state: z.string() }) })

/** The builder's observation, assembled from the snapshot, the summary and an inspection of every part. */
async function inspectAll(session: HeadlessSession): Promise<FoundryView> {
  const state = Snapshot.parse(session.snapshot().state)
  const parts = []
  for (const part of state.parts) {
    const { detail } = await session.execute({ type: 'inspect_part', part_id: part.id })
    parts.push({ ...part, state: Inspection.parse(detail).status.state })
  }
  const { build_inventory } = session.summary()
  return FoundryView.parse({ size: state.config.size, deposits: state.deposits, parts, build_inventory })
}

test('headless: the builder wins first_slice using only the headless interface', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'first_slice' })
  for (let turn = 0; turn < 60; turn++) {
    const command = decideBuilder(await inspectAll(session))
    if (command) {
      const outcome = await session.execute({ type: 'apply_command', command })
      assert.equal(outcome.error, undefined, JSON.stringify(command))
    } else await session.execute({ type: 'tick', ticks: 10 })
    if (session.objective.complete) break
  }
  assert.equal(session.objective.complete, true)
})

test('headless: run(N), save, load, run(M) gives the hash of run(N+M), at any N and M', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('first_slice', 'brownout', 'clean_room', 'vertical', 'two_crews'),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      async (scenario, n, m) => {
        const built = readSolution(scenario).filter(({ type }) => type === 'apply_command')
        const first = HeadlessSession.start(foundry, { scenario })
        const whole = HeadlessSession.start(foundry, { scenario })
        for (const step of built) {
          await first.execute(step)
          await whole.execute(step)
        }
        await first.execute({ type: 'tick', ticks: n })
        const saved = JSON.parse(JSON.stringify(first.snapshot()))
        const fold = loadFold(foundry, { step: saved.tick, state: saved.state })
        const second = new HeadlessSession(fold, { scenario, seed: saved.seed })
        const resumed = await second.execute({ type: 'tick', ticks: m })
        const through = await whole.execute({ type: 'tick', ticks: n + m })
        assert.equal(resumed.state_hash, through.state_hash)
        assert.deepEqual(second.summary(), whole.summary())
      },
    ),
    { numRuns: 25 },
  )
})

test('headless: a failed step changes nothing and keeps the effect of earlier steps', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'first_slice' })
  const before = session.summary()
  const origin = { x: 5, y: 3, z: 5 }
  const command = { type: 'place_part', def_id: 'wire', origin, facing: 'north' }
  const outcome = await session.execute({ type: 'apply_command', command })
  assert.deepEqual([outcome.ok, outcome.error?.code, outcome.error?.step_index], [false, 'UNSUPPORTED', 0])
  assert.deepEqual(session.summary(), before)
})

test('headless: worlds without parts can be played too, and stop when they end', async () => {
  const session = HeadlessSession.start(await loadWorld('paint-arena'), { scenario: 'duel' })
  const moved = await session.execute({ type: 'apply_command', command: { move: 'right' }, slot: 1 })
  assert.equal(moved.ok, true)
  const nobody = await session.execute({ type: 'apply_command', command: { move: 'right' }, slot: 2 })
  assert.equal(nobody.error?.code, 'SLOT_INVALID')
  const played = await session.execute({ type: 'tick', ticks: 100 })
  assert.deepEqual([played.tick, played.detail], [60, { ticks: 60, ended: true }])
  assert.equal((await session.execute({ type: 'tick', ticks: 1 })).error?.code, 'EPISODE_OVER')
  assert.equal((await session.execute({ type: 'inspect_part', part_id: 1 })).error?.code, 'NOTHING_TO_INSPECT')
  assert.equal((await session.execute({ type: 'until_victory' })).ok, true)
  assert.equal(session.summary().objective.complete, true)
})
