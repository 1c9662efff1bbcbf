import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absent, at, atKey } from './at.ts'

test('at: returns the element of arrays, readonly arrays and typed arrays, falsy values included', () => {
  const fixed: readonly (string | null)[] = ['', null]
  assert.equal(at([0, 7], 0), 0)
  assert.equal(at(fixed, 1), null)
  assert.equal(at(new Uint8Array([3, 0]), 1), 0)
})

test('at: an out-of-range index throws with the length of the list', () => {
  for (const index of [-1, 2, 0.5, Number.NaN]) {
    assert.throws(() => at(['a', 'b'], index), new RegExp(`index ${index} of a list of length 2`))
  }
  assert.throws(() => at(new Float64Array(0), 0), /index 0 of a list of length 0/)
})

test('at: a missing map key throws with its name, and a missing element throws', () => {
  assert.equal(atKey(new Map([['a', 0]]), 'a'), 0)
  assert.throws(() => atKey(new Map([['a', 0]]), 'b'), /no value for the key b/)
  assert.equal(new Uint8Array(1)[0] ?? absent(), 0)
  assert.throws(() => new Uint8Array(1)[1] ?? absent(), /no element/)
})
