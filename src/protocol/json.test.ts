import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isObject } from './is-object.ts'

test('json: only objects count as objects; arrays, null, text, numbers and undefined do not', () => {
  assert.equal(isObject({}), true)
  assert.equal(isObject({ length: 1 }), true)
  for (const value of [null, [], [{}], 'x', 0, true, undefined]) assert.equal(isObject(value), false)
})
