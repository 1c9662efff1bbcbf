import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtInWorlds } from '../host/world-registry.ts'
import { EvaluationSpec } from '../protocol/evaluation.ts'
import { parsePlayer } from './parse-player.ts'
import { episodeAt, planEvaluation } from './plan.ts'

const worlds = builtInWorlds()
const plan = (policies: readonly string[], more: Partial<EvaluationSpec> = {}) =>
  planEvaluation(
    worlds,
    EvaluationSpec.parse({ world: 'paint-arena', policies: policies.map(parsePlayer), episodes: 50, ...more }),
  )

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}=greedy`)

test('plan: three policies in two slots play all six orders on each seed', async () => {
  const found = await plan(['greedy', 'random', 'sweep'])
  assert.equal(found.design, 'permutations')
  assert.equal(found.perSeed, 6)
  assert.equal(found.total, 54)
  const first = Array.from({ length: 6 }, (_, number) => episodeAt(found, number))
  assert.deepEqual(
    first.map(({ assignment }) => assignment.join('')),
    ['01', '02', '10', '12', '20', '21'],
  )
  assert.equal(new Set(first.map(({ seed }) => seed)).size, 1)
  assert.notEqual(episodeAt(found, 6).seed, first[0]!.seed)
})

test('plan: variants and opponents multiply, all on the same seeds', async () => {
  const found = await plan(['greedy', 'sweep'], { opponents: [parsePlayer('random')], variants: ['default', 'duel'] })
  assert.equal(found.design, 'opponents')
  assert.equal(found.perSeed, 2 * 1 * 2 * 2)
  const episodes = Array.from({ length: found.perSeed }, (_, number) => episodeAt(found, number))
  assert.equal(new Set(episodes.map(({ seed }) => seed)).size, 1)
  assert.deepEqual(new Set(episodes.map(({ variant }) => variant.id)), new Set(['default', 'duel']))
  for (const { assignment } of episodes) assert.deepEqual([...assignment].sort().at(-1), 2)
})

test('plan: in every design, each policy plays each slot equally often on each seed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      async (policies, slots, episodes) => {
        const found = await plan(names(policies), { config: { slots }, episodes })
        const counts = new Map<string, number>()
        for (let number = 0; number < found.perSeed; number++) {
          const { assignment } = episodeAt(found, number)
          assert.equal(assignment.length, slots)
          for (const [slot, player] of assignment.entries()) {
            const key = `${player}/${slot}`
            counts.set(key, (counts.get(key) ?? 0) + 1)
          }
        }
        assert.equal(counts.size, policies * slots)
        assert.equal(new Set(counts.values()).size, 1)
        assert.ok(found.total >= episodes && found.total - episodes < found.perSeed)
      },
    ),
    { numRuns: 60 },
  )
})

test('plan: many policies play a balanced sample that the seed determines', async () => {
  const [one, same, other] = [await plan(names(20)), await plan(names(20)), await plan(names(20), { seed: 2 })]
  assert.equal(one.design, 'rotations')
  const orders = (found: typeof one): string =>
    JSON.stringify(Array.from({ length: 40 }, (_, number) => episodeAt(found, number).assignment))
  assert.equal(orders(one), orders(same))
  assert.notEqual(orders(one), orders(other))
})

test('plan: an unknown bot and duplicate policy names are refused with a hint', async () => {
  await assert.rejects(plan(['gredy']), { code: 'UNKNOWN_BOT' })
  await assert.rejects(plan(['greedy', 'greedy']), { code: 'VALIDATION_ERROR' })
})

test('policies: every command-line syntax is parsed', () => {
  assert.deepEqual(parsePlayer('greedy'), { kind: 'bot', name: 'greedy', bot: 'greedy' })
  assert.deepEqual(parsePlayer('mine=cmd:python3 a.py --x=1'), {
    kind: 'command',
    name: 'mine',
    command: 'python3 a.py --x=1',
  })
  assert.deepEqual(parsePlayer('image:bot:1'), { kind: 'image', name: 'image:bot:1', image: 'bot:1' })
  assert.deepEqual(parsePlayer('agent:random'), { kind: 'agent', name: 'agent:random', policy: 'random' })
  assert.deepEqual(parsePlayer('gpt=model:gpt-5'), { kind: 'model', name: 'gpt', model: 'gpt-5' })
  for (const bad of ['cmd:', 'agent:smart', '', 'x=']) assert.throws(() => parsePlayer(bad), { code: 'USAGE' })
})
