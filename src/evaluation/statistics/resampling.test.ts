import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, nextBelow } from '../../kernel/random.ts'
import { interval, openEnds, resampleCount, resamples } from './bootstrap.ts'
import { pairedTest } from './paired-test.ts'
import { SequentialPair } from './sequential.ts'

test('bootstrap: the same seed draws the same resamples, each of the original size', () => {
  const draw = (seed: number): string[] => [...resamples(12, 20, seed)].map((weights) => weights.join())
  assert.deepEqual(draw(3), draw(3))
  assert.notDeepEqual(draw(3), draw(4))
  for (const weights of resamples(12, 20, 3))
    assert.equal(
      weights.reduce((sum, each) => sum + each),
      12,
    )
})

test('bootstrap: the number of resamples is between 100 and 1000 and depends only on the size', () => {
  assert.equal(resampleCount(10, 3), 1000)
  assert.equal(resampleCount(1_000_000, 100), 100)
})

test('bootstrap: an interval is ordered and lies between the extremes', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const found = interval(values)!
      assert.ok(found.low >= Math.min(...values) && found.high <= Math.max(...values) && found.low <= found.high)
    }),
  )
})

test('bootstrap: if all seeds agree, the open end of the interval closes with more seeds', () => {
  const sure = { value: 1, standard_error: 0, low: 1, high: 1 }
  const few = openEnds(sure, 5).low!
  const many = openEnds(sure, 500).low!
  assert.ok(few < 0.5 && many > 0.99 && openEnds(sure, 5).high === 1)
  assert.deepEqual(openEnds({ ...sure, low: 0.9 }, 5), { ...sure, low: 0.9 })
})

/** Margins of -1, 0 and 1 with a chance of winning in 1000. */
function decide(chance: number, seed: number, seeds: number): 'first' | 'second' | undefined {
  const random = createRandom(seed, 'test')
  const pair = new SequentialPair(0.95, 1)
  for (let each = 0; each < seeds; each++) pair.take(nextBelow(random, 1000) < chance ? 1 : -1)
  return pair.decision
}

test('sequential: under continuous monitoring, equal policies are separated in fewer than 5 % of evaluations', () => {
  let wrong = 0
  for (let seed = 0; seed < 400; seed++) if (decide(500, seed, 400) !== undefined) wrong++
  assert.ok(wrong <= 20, `${wrong} of 400`)
})

test('sequential: a clear difference is decided early and correctly', () => {
  for (let seed = 0; seed < 50; seed++) {
    assert.equal(decide(900, seed, 60), 'first')
    assert.equal(decide(100, seed, 60), 'second')
  }
})

test('paired test: few seeds give the exact p-value', () => {
  const found = pairedTest([1, 2, 3], 1)
  assert.deepEqual([found.method, found.p, found.difference.value], ['exact', 2 / 8, 2])
  assert.equal(pairedTest([0, 0, 0], 1).p, 1)
})

test('paired test: with many seeds p is large without a difference, small with one, and reproducible by seed', () => {
  const random = createRandom(5, 'differences')
  const noise = Array.from({ length: 100 }, () => nextBelow(random, 201) - 100)
  const balanced = [...noise, ...noise.map((each) => -each)]
  assert.ok(pairedTest(balanced, 2).p > 0.9)
  const shifted = noise.map((each) => each + 60)
  assert.ok(pairedTest(shifted, 2).p < 0.001)
  assert.deepEqual(pairedTest(shifted, 2), pairedTest(shifted, 2))
})
