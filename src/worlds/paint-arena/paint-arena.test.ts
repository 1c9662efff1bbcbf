import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkConformance } from '../../episode/conformance.ts'
import { createBotPlayer } from '../../episode/in-process-players.ts'
import { startEpisode } from '../../episode/start.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import { arbRun, testWorld } from '../../testing/test-world.ts'
import { createPaint, MOVES, type PaintState, tickPaint } from './rules.ts'
import { paintArena } from './world.ts'

const configs = fc.record({
  width: fc.integer({ min: 4, max: 40 }),
  height: fc.integer({ min: 4, max: 40 }),
  max_ticks: fc.integer({ min: 1, max: 60 }),
  slots: fc.integer({ min: 2, max: 4 }),
  starts: fc.constantFrom('corners' as const, 'drawn' as const),
})
const commands = fc.oneof(fc.record({ move: fc.constantFrom<string>(...MOVES, 'jump') }), fc.anything())

testWorld(paintArena, { configs, commands })

/** A second implementation of the rules, as slow and plain as the contract's wording. */
function tickPlainly(state: PaintState): PaintState {
  const next = structuredClone(state)
  const steps = [
    [0, 0],
    [0, -1],
    [0, 1],
    [-1, 0],
    [1, 0],
  ]
  for (const [slot, action] of next.actions.entries()) {
    const [dx = 0, dy = 0] = steps[action] ?? []
    next.xs[slot] = Math.min(Math.max((next.xs[slot] ?? 0) + dx, 0), next.width - 1)
    next.ys[slot] = Math.min(Math.max((next.ys[slot] ?? 0) + dy, 0), next.height - 1)
  }
  for (const slot of next.actions.keys()) next.owners[(next.ys[slot] ?? 0) * next.width + (next.xs[slot] ?? 0)] = slot
  next.scores = next.actions.map((_, slot) => next.owners.filter((owner) => owner === slot).length)
  next.tick++
  return next
}

test('paint-arena: the incremental rules equal the simple ones, tick by tick', () => {
  fc.assert(
    fc.property(
      configs,
      fc.array(fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }), { maxLength: 50 }),
      (config, turns) => {
        let plain = createPaint(config)
        const fast = createPaint(config)
        for (const actions of turns) {
          plain.actions = actions.slice(0, config.slots)
          fast.actions = actions.slice(0, config.slots)
          plain = tickPlainly(plain)
          tickPaint(fast)
          assert.deepEqual(fast, plain)
        }
      },
    ),
  )
})

test('paint-arena: slots start in the corners, nothing is painted, and the higher slot wins a shared tile', () => {
  const state = createPaint({ width: 5, height: 4, max_ticks: 9, slots: 4 })
  assert.deepEqual(
    [state.xs, state.ys],
    [
      [0, 4, 0, 4],
      [0, 3, 3, 0],
    ],
  )
  assert.ok(state.owners.every((owner) => owner === -1))
  const shared = { ...createPaint({ width: 4, height: 4, max_ticks: 9, slots: 2 }), xs: [1, 1], ys: [1, 1] }
  tickPaint(shared)
  assert.equal(shared.owners[5], 1)
  assert.deepEqual(shared.scores, [0, 1])
})

test('paint-arena: unknown moves become stay', () => {
  assert.deepEqual(paintArena.command.parse({ move: 'fly' }), { move: 'stay' })
  assert.deepEqual(paintArena.command.parse({}), { move: 'stay' })
})

test('paint-arena: drawn starts differ by seed and are mirrored; without them the seed changes nothing', () => {
  const { config } = configureWorld(paintArena, 'scattered')
  const starts = Array.from({ length: 20 }, (_, seed) => paintArena.create(paintArena.config.parse(config), seed))
  assert.ok(new Set(starts.map(({ xs, ys }) => `${xs[0]} ${ys[0]}`)).size > 10)
  for (const { xs, ys, width, height } of starts) {
    assert.deepEqual([(xs[0] ?? 0) + (xs[1] ?? 0), (ys[0] ?? 0) + (ys[1] ?? 0)], [width - 1, height - 1])
  }
  const usual = paintArena.config.parse(configureWorld(paintArena, 'default').config)
  assert.deepEqual(paintArena.create(usual, 1), paintArena.create(usual, 2))
})

test('paint-arena: matches of the same bots differ by seed in scattered', async () => {
  const ends = new Set<string>()
  for (let seed = 0; seed < 8; seed++) ends.add(await digestOf('scattered', ['greedy', 'sweep'], seed))
  assert.ok(ends.size >= 6, `${ends.size} of 8`)
})

async function digestOf(variant: string, players: readonly string[], seed: number): Promise<string> {
  const slots = players.map((name, slot) => ({
    player: { kind: 'bot' as const, name },
    inProcess: createBotPlayer(paintArena, name, { seed, slot }),
  }))
  const configured = configureWorld(paintArena, variant)
  const episode = startEpisode(paintArena, configured, { seed, slots, pacing: { mode: 'fast' } })
  episode.begin()
  return (await episode.done).digest
}

async function winner(players: readonly string[], seed: number): Promise<number> {
  const slots = players.map((name, slot) => ({
    player: { kind: 'bot' as const, name },
    inProcess: createBotPlayer(paintArena, name, { seed, slot }),
  }))
  const episode = startEpisode(paintArena, configureWorld(paintArena, 'default'), {
    seed,
    slots,
    pacing: { mode: 'fast' },
  })
  episode.begin()
  const { scores } = (await episode.done).results
  return (scores[0] ?? 0) === (scores[1] ?? 0) ? -1 : (scores[0] ?? 0) > (scores[1] ?? 0) ? 0 : 1
}

test('paint-arena: greedy beats random in at least 95 of 100 seeded matches, sides swapped', async () => {
  let wins = 0
  for (let seed = 0; seed < 50; seed++) {
    if ((await winner(['greedy', 'random'], seed)) === 0) wins++
    if ((await winner(['random', 'greedy'], seed)) === 1) wins++
  }
  assert.ok(wins >= 95, `${wins} of 100`)
})

test('paint-arena: sweep paints rows from the top for even slots and from the bottom for odd ones', () => {
  const bot = paintArena.bots?.find((each) => each.name === 'sweep')?.create(0, 0)
  const at = (slot: number, x: number, y: number) => {
    const positions = [
      [x, y],
      [x, y],
    ]
    const seen = { slot, width: 4, height: 4, positions, tile_owners: [], scores: [], tick: 0, max_ticks: 9 }
    return bot?.decide(seen)?.move
  }
  assert.deepEqual(
    [at(0, 0, 0), at(0, 3, 0), at(0, 3, 1), at(0, 0, 1), at(0, 3, 3), at(0, 0, 3)],
    ['right', 'down', 'left', 'down', 'left', 'up'],
  )
  assert.deepEqual(
    [at(1, 3, 3), at(1, 0, 2), at(1, 2, 2), at(1, 3, 1), at(1, 0, 0)],
    ['up', 'up', 'left', 'up', 'down'],
  )
})

test('conformance suite: it finds planted defects: a clock, a leak, a refusal with an effect, an incomplete save', () => {
  const planted: Record<string, World> = {
    clock: {
      ...paintArena,
      step: (state: unknown, out) => (Date.now() > 0 ? paintArena.step(asPaint(state), out) : undefined),
    },
    leak: { ...paintArena, view: { spectate: (state: unknown) => ({ owners: asPaint(state).owners }) } },
    refusal: {
      ...paintArena,
      apply(state: unknown) {
        asPaint(state).actions[0] = 1
        asPaint(state).tick++
        return { code: 'NO', reason: 'no' }
      },
    },
    save: { ...paintArena, load: (saved) => ({ ...paintArena.load(saved), actions: [0, 0, 0, 0] }) },
  }
  for (const [name, world] of Object.entries(planted)) {
    const found = fc.check(
      fc.property(arbRun(paintArena, { configs, commands: fc.record({ move: fc.constantFrom(...MOVES) }) }), (run) => {
        assert.deepEqual(checkConformance(world, run), [])
      }),
      { numRuns: 60 },
    )
    assert.ok(found.failed, `the kit overlooks: ${name}`)
  }
})

function asPaint(state: unknown): PaintState {
  return state as PaintState
}
