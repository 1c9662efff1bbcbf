import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, nextBelow, nextChance, nextUint32, type RandomState, shuffled } from './random.ts'

test('random: xoshiro128** gives the reference sequence for the state 1, 2, 3, 4', () => {
  const state: RandomState = [1, 2, 3, 4]
  const expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]
  assert.deepEqual(
    expected.map(() => nextUint32(state)),
    expected,
  )
})

test('random: streams of one seed differ by name, and a draw in one does not affect another', () => {
  const map = createRandom(7, 'map')
  const slot = createRandom(7, 'slot:2')
  assert.notDeepEqual(map, slot)
  nextUint32(map)
  assert.deepEqual(slot, createRandom(7, 'slot:2'))
  assert.notDeepEqual(createRandom(7, 'map'), createRandom(8, 'map'))
})

test('random: nextBelow stays in range, reaches every value, and is uniform to within five sigma', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 1, max: 0x1_0000_0000 }), (seed, bound) => {
      const draw = nextBelow(createRandom(seed, 'test'), bound)
      assert.ok(Number.isInteger(draw) && draw >= 0 && draw < bound)
    }),
  )
  const counts = new Array<number>(6).fill(0)
  const state = createRandom(1, 'dice')
  for (let i = 0; i < 60_000; i++) counts[nextBelow(state, 6)]!++
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 5 * Math.sqrt(10_000 * (5 / 6)), String(counts))
})

test('random: a chance of 0 never happens and one of 1000 always does', () => {
  const state = createRandom(3, 'chance')
  for (let i = 0; i < 100; i++) {
    assert.equal(nextChance(state, 0), false)
    assert.equal(nextChance(state, 1000), true)
  }
})

test('random: shuffling keeps the items, does not modify the list, and reaches every order', () => {
  const state = createRandom(9, 'shuffle')
  const orders = new Set<string>()
  for (let i = 0; i < 200; i++) orders.add(shuffled(state, ['a', 'b', 'c']).join(''))
  assert.deepEqual([...orders].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
})
