// The conformance suite for worlds: `testWorld(myWorld, { commands })` registers the tests that every world must pass.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memorySource } from '../episode/byte-source.ts'
import { checkConformance, type DrawnRun, drawBotRun } from '../episode/conformance.ts'
import { createBotPlayer } from '../episode/in-process-players.ts'
import { JournalFile, verifyJournal } from '../episode/journal-file.ts'
import { createMemorySink } from '../episode/sink.ts'
import { startEpisode } from '../episode/start.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { JsonObject } from '../protocol/json.ts'

/** The conformance suite's configuration for a world. */
export interface WorldKit {
  /** Possible commands of slots: valid, refused and absurd ones. */
  readonly commands: fc.Arbitrary<unknown>
  /** Configurations to draw; default: the variants. Include small and odd ones. */
  readonly configs?: fc.Arbitrary<JsonObject>
  /** Maximum length of a drawn run, in steps. Default 40. */
  readonly maxSteps?: number
  /** Number of drawn runs. Default 60. */
  readonly runs?: number
}

/**
 * Draws runs of a world: configuration, seed, and the commands of slots before each step.
 *
 * @example
 * import { arbRun } from 'paracosm/testing'
 * import type { World } from 'paracosm/world'
 *
 * export function sampleRuns(world: World, fc: typeof import('fast-check')): unknown[] {
 *   return fc.sample(arbRun(world, { commands: fc.constant({ take: 1 }) }), 3)
 * }
 */
export function arbRun(world: World, kit: WorldKit): fc.Arbitrary<DrawnRun> {
  const configs = kit.configs ?? fc.constantFrom(...world.variants.map((variant) => variant.config))
  const seeds = fc.integer({ min: 0, max: 0xffff_ffff })
  return fc.tuple(configs, seeds).chain(([config, seed]) => {
    const slot = fc.nat(world.slots(world.config.parse(config)) - 1)
    const said = fc.array(fc.tuple(slot, kit.commands), { maxLength: 4 }).map((list) => list.sort(([a], [b]) => a - b))
    const steps = fc.array(said, { minLength: 1, maxLength: kit.maxSteps ?? 40 })
    return steps.map((drawn) => ({ config, seed, steps: drawn }))
  })
}

/**
 * Registers the kit's tests with `node:test`.
 *
 * @example
 * import { testWorld } from 'paracosm/testing'
 * import type { World } from 'paracosm/world'
 *
 * export function testMine(world: World, fc: typeof import('fast-check')): void {
 *   testWorld(world, { commands: fc.record({ take: fc.integer({ min: -1, max: 4 }) }) })
 * }
 */
export function testWorld(world: World, kit: WorldKit): void {
  test(`${world.id}: drawn runs are deterministic, survive save and load, and leak no state`, () => {
    fc.assert(
      fc.property(arbRun(world, kit), (run) => {
        assert.deepEqual(checkConformance(world, run), [])
      }),
      { numRuns: kit.runs ?? 60 },
    )
  })

  for (const variant of world.variants) {
    test(`${world.id}: variant ${variant.id} is valid and keeps the laws`, () => {
      const run = drawBotRun(world, variant.config, { seed: variant.seed ?? 1, steps: 60 })
      assert.deepEqual(checkConformance(world, run), [])
    })
  }

  test(`${world.id}: a journalled episode of its bots verifies, digest by digest`, async () => {
    const configured = configureWorld(world, undefined)
    const names = (world.bots ?? []).map((bot) => bot.name)
    const sink = createMemorySink()
    const slots = Array.from({ length: world.slots(configured.config) }, (_, slot) => {
      const name = names[slot % Math.max(1, names.length)]
      const player = { kind: 'bot' as const, name: name ?? 'nobody' }
      return name === undefined ? { player } : { player, inProcess: createBotPlayer(world, name, { seed: 5, slot }) }
    })
    const episode = startEpisode(world, configured, { seed: 5, slots, pacing: { mode: 'fast' }, sink, maxSteps: 500 })
    episode.begin()
    const end = await episode.done
    const replay = await verifyJournal(await JournalFile.from(memorySource(`${sink.lines.join('\n')}\n`)), () => world)
    assert.equal(replay.divergence, undefined)
    assert.equal(world.digest(replay.fold.state), end.digest)
  })
}
