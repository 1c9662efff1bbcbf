import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { loadFold } from '../../kernel/fold.ts'
import type { World } from '../../kernel/world.ts'
import type { HeadlessStep } from '../../protocol/headless.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { loadWorld } from '../../testing/built-in-worlds.ts'
import { decideBuilder, FoundryView } from '../../worlds/foundry/bots.ts'
import { parseScript } from './script.ts'
import { HeadlessSession } from './session.ts'

const foundry: World = await loadWorld('foundry')
const SOLUTIONS = globSync('src/worlds/foundry/solutions/*.json').sort()

function readSolution(scenario: string): HeadlessStep[] {
  const json: JsonValue = JSON.parse(readFileSync(`src/worlds/foundry/solutions/${scenario}.json`, 'utf8'))
  return parseScript(json, foundry)
}

test('headless: every scenario with an objective has a solution beside it', () => {
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

test('headless: brownout is lost without the generator, and clean_room without the scrubber', async () => {
  for (const [scenario, without] of [
    ['brownout', 'generator'],
    ['clean_room', 'scrubber'],
  ] as const) {
    const session = HeadlessSession.start(foundry, { scenario })
    const outcomes = []
    for (const step of readSolution(scenario)) {
      if (step.type === 'apply_command' && step.command.def_id === without) continue
      // Later steps name parts by id: those after the missing one are no recipes of these scripts.
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

/** What the builder sees, put together from the snapshot, the summary and an inspection of every part. */
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

test('headless: the builder wins first_slice by inspecting and acting through the interface alone', async () => {
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

test('headless: a failed step changes nothing and stops nothing that came before it', async () => {
  const session = HeadlessSession.start(foundry, { scenario: 'first_slice' })
  const before = session.summary()
  const origin = { x: 5, y: 3, z: 5 }
  const command = { type: 'place_part', def_id: 'wire', origin, facing: 'north' }
  const outcome = await session.execute({ type: 'apply_command', command })
  assert.deepEqual([outcome.ok, outcome.error?.code, outcome.error?.step_index], [false, 'UNSUPPORTED', 0])
  assert.deepEqual(session.summary(), before)
})

test('headless: worlds without parts are driven too, and stop at their end', async () => {
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
