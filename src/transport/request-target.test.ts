import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_TARGET, matchPath, readTarget } from './request-target.ts'

const MALFORMED = [
  '//',
  '//evil.example/x',
  '/\\',
  '/a\\b',
  'http://[',
  'http://host/path',
  '',
  '*',
  'x',
  '/%',
  '/%zz',
  '/%c3%28',
  '/a%00b',
  '/a%0d%0aX: y',
  '/a\r\nX: y',
  '/é',
  '/a#b',
  `/${'a'.repeat(5000)}`,
]

test('request target: malformed targets give undefined and never throw', () => {
  for (const target of [...MALFORMED, undefined]) assert.equal(readTarget(target), undefined, JSON.stringify(target))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readTarget(`/${text}`)))
})

test('request target: paths are decoded by segment, queries by their own rules', () => {
  const target = readTarget('/a/b%20c/%2F?x=1&y=%zz&x=2')
  assert.deepEqual(target?.segments, ['a', 'b c', '/'])
  assert.deepEqual(target?.query.getAll('x'), ['1', '2'])
  assert.equal(readTarget(`/${'a'.repeat(MAX_TARGET - 1)}`)?.segments.length, 1)
})

test('request target: a pattern matches whole paths and never an empty parameter', () => {
  const pattern = ['episodes', ':id', 'player']
  assert.deepEqual(matchPath(pattern, ['episodes', 'x', 'player']), { id: 'x' })
  assert.equal(matchPath(pattern, ['episodes', '', 'player']), undefined)
  assert.equal(matchPath(pattern, ['episodes', 'x', 'player', '']), undefined)
  assert.equal(Object.getPrototypeOf(matchPath([':__proto__'], ['x']) ?? {}), Object.prototype)
})
