import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../protocol/json.ts'
import { arbProgram } from '../testing/strategy-programs.ts'
import { canonicalProgram, createHashCache, hashProgram, hashText } from './hash.ts'
import { createTemplates } from './templates.ts'
import { validateProgram } from './validator.ts'

test('hash: canonical JSON sorts by code point, escapes everything except printable ASCII, and normalises -0', () => {
  const value: JsonValue = { '\u{1f600}': 1, '\uffff': 2, b: [-0, 0.1, 1e21, 1e-7], a: { z: null, y: true } }
  assert.equal(
    canonicalProgram(value),
    '{"a":{"y":true,"z":null},"b":[0,0.1,1e+21,1e-7],"\\uffff":2,"\\ud83d\\ude00":1}',
  )
  assert.equal(
    canonicalProgram('"\\\b\f\n\r\t\u0000\u007fñ\ud800'),
    '"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u007f\\u00f1\\ud800"',
  )
  assert.equal(canonicalProgram([]), '[]')
  assert.equal(canonicalProgram([{}, [[]]]), '[{},[[]]]')
})

test('hash: SHA-256 of the canonical text; null hashes as {}', () => {
  const reference = (text: string): string => createHash('sha256').update(text).digest('hex')
  assert.equal(hashProgram(null), reference('{}'))
  assert.equal(hashText('abc'), reference('abc'))
})

/** The same value with the keys of every object in another order. */
function shuffleKeys(value: JsonValue, flip: boolean): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each: JsonValue) => shuffleKeys(each, !flip))
  const entries = Object.entries(value).map(([key, each]): [string, JsonValue] => [key, shuffleKeys(each, !flip)])
  return Object.fromEntries(flip ? entries.reverse() : [...entries.slice(1), ...entries.slice(0, 1)])
}

test('hash: it ignores the order of keys and changes with anything else', () => {
  fc.assert(
    fc.property(arbProgram(), fc.boolean(), (program, flip) => {
      validateProgram(program)
      const hash = hashProgram(program)
      assert.equal(hashProgram(shuffleKeys(program, flip)), hash)
      assert.equal(hashProgram(JSON.parse(JSON.stringify(program))), hash)
      assert.notEqual(hashProgram({ ...program, id: 'other' }), hash)
    }),
    { numRuns: 300 },
  )
})

test('hash: values of any depth do not exhaust the stack', () => {
  const deep: JsonValue = JSON.parse(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`)
  assert.equal(hashProgram(deep).length, 64)
})

test('hash: nested values are formatted like top-level ones', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (drawn) => {
      const value: JsonValue = JSON.parse(JSON.stringify(drawn))
      const wrapped: JsonValue = Array.from({ length: 300 }).reduce<JsonValue>((inner) => [inner], value)
      assert.equal(canonicalProgram(wrapped), `${'['.repeat(300)}${canonicalProgram(value)}${']'.repeat(300)}`)
    }),
    { numRuns: 300 },
  )
})

test('hash cache: published programs are hashed once, the least recently used is evicted first, drafts are never cached', () => {
  const cache = createHashCache(2)
  const of = (id: string, status: 'DRAFT' | 'PUBLISHED', program: JsonValue) =>
    cache.hashOf({ id, version: 1, status, program })
  const first = of('a', 'PUBLISHED', { v: 1 })
  assert.equal(of('a', 'PUBLISHED', { v: 2 }), first, 'a published row is trusted')
  of('b', 'PUBLISHED', { v: 1 })
  of('a', 'PUBLISHED', { v: 1 })
  of('c', 'PUBLISHED', { v: 1 })
  assert.equal(of('a', 'PUBLISHED', { v: 3 }), first, 'a hit kept it')
  assert.notEqual(of('b', 'PUBLISHED', { v: 3 }), first, 'the one not asked for is gone')
  assert.notEqual(of('d', 'DRAFT', { v: 1 }), of('d', 'DRAFT', { v: 2 }))
})

test('hash: the built-in templates have their recorded fingerprints', () => {
  const hashes = createTemplates().map(({ id, astJson }) => `${id} ${hashProgram(astJson)}`)
  assert.deepEqual(hashes, [
    'bonus_extiende_default 9da3318b9c6c40941b4254e8eb22395456e640feaa06c09076824c28d3ec8cae',
    'bonus_por_velocidad 1de435271c371eecc1aa0b9cf9f0383276b733901a1c117a3b520d93ec3aed23',
    'engagement_basico 7cdf51e75e9568c919f0cf1253f6ce2c8aea86e4b8f4e0891b2980629c9d3f48',
    'recompensa_completar_tarea 45b7e93e8fbfac711a9554d0765ceb959a96bc69b803a165a8fffa53ff1453ab',
  ])
})
