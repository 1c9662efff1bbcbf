import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../kernel/errors.ts'
import { MAX_JSON_DEPTH, parseJsonBody } from './json-body.ts'

const codeOf = (text: string): string => {
  try {
    parseJsonBody(text)
    return 'none'
  } catch (error) {
    assert.ok(error instanceof AppError)
    return error.code
  }
}

test('json body: any JSON value without repeated keys reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      fc.pre(!text.includes('__proto__'))
      assert.deepEqual(parseJsonBody(text), JSON.parse(text))
    }),
  )
})

test('json body: any text is read or refused with a code, never with another exception', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\\u',
    '"a"',
    '1',
    'null',
    ' ',
    '\u2028',
    '\ud800',
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((parts) => parts.join('')),
      (text) => void codeOf(text),
    ),
  )
})

test('json body: nesting beyond the limit is refused with a code, at any depth', () => {
  assert.equal(codeOf('['.repeat(MAX_JSON_DEPTH) + ']'.repeat(MAX_JSON_DEPTH)), 'none')
  for (const depth of [MAX_JSON_DEPTH + 1, 5000, 500_000]) {
    assert.equal(codeOf('['.repeat(depth) + ']'.repeat(depth)), 'JSON_TOO_DEEP')
    assert.equal(codeOf(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`), 'JSON_TOO_DEEP')
  }
  assert.equal(codeOf(JSON.stringify('['.repeat(1000))), 'none')
})

test('json body: a duplicate key and __proto__ are refused in every notation, and named correctly', () => {
  assert.equal(codeOf('{"a":1,"a":2}'), 'JSON_MALFORMED')
  assert.equal(codeOf('{"a":1,"\\u0061":2}'), 'JSON_MALFORMED')
  assert.equal(codeOf('{"a":{"b":1},"c":{"b":1},"d":["b","b"]}'), 'none')
  assert.equal(codeOf('{"x":"__proto__"}'), 'none')
  assert.throws(() => parseJsonBody('{"\\u005f_proto__":1}'), /the key "__proto__", which is not allowed/)
  assert.throws(() => parseJsonBody('{"k":1,"k":1}'), /the key "k" twice/)
})

test('json body: a malformed text is never quoted', () => {
  assert.throws(
    () => parseJsonBody('root:x:0:0'),
    (error) => error instanceof AppError && !error.message.includes('root'),
  )
})
