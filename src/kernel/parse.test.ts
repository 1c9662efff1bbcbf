import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from './errors.ts'
import { findJsonFault } from './json-fault.ts'
import { checkDepth, lineAndColumn, parseJson } from './parse.ts'

function failure(text: string): AppError {
  try {
    parseJson(text, 'the text')
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

/** Text, line, column, and what the message says. */
const FAULTS: readonly (readonly [string, number, number, RegExp])[] = [
  ['', 1, 1, /empty/],
  ['  \n ', 2, 2, /empty/],
  ['\uFEFF{}', 1, 1, /byte order mark/],
  ['{"a": NaN}', 1, 7, /NaN is not JSON/],
  ['[-Infinity]', 1, 3, /digit/],
  ['[undefined]', 1, 2, /undefined is not JSON/],
  ['{"a": True}', 1, 7, /True is not JSON/],
  ['[1,\n 2,\n]', 3, 1, /comma/],
  ['{"a":1,\n}', 2, 1, /comma/],
  ['[,]', 1, 2, /value or "\]"/],
  ["{'a': 1}", 1, 2, /double quotes/],
  ['{a: 1}', 1, 2, /property name/],
  ['{"a" 1}', 1, 6, /":"/],
  ['{"a":}', 1, 6, /value/],
  ['[1 2]', 1, 4, /","/],
  ['{"a":1 "b":2}', 1, 8, /","/],
  ['"abc', 1, 5, /inside a string/],
  ['["abc\n"]', 1, 6, /control character U\+000A/],
  ['["a\u0000"]', 1, 4, /U\+0000/],
  ['["\\x41"]', 1, 4, /backslash/],
  ['["\\u12g4"]', 1, 7, /hexadecimal/],
  ['["\\', 1, 4, /inside a string/],
  ['{}\n}', 2, 1, /nothing more/],
  ['}', 1, 1, /value/],
  ['[1}', 1, 3, /","/],
  ['01', 1, 2, /begin with 0/],
  ['-', 1, 2, /ends too early: a digit/],
  ['1.', 1, 3, /decimal point/],
  ['[1e+]', 1, 5, /exponent/],
  ['[tru]', 1, 5, /true/],
  ['[nulL]', 1, 5, /null/],
  ['{"a": 1 // no\n}', 1, 9, /comments/],
  ['[\u00a01]', 1, 2, /U\+00A0/],
  ['{"a": [1, {"b": 2}', 1, 19, /ends too early/],
]

test('parseJson: every kind of mistake is reported with line and column', () => {
  for (const [text, line, column, pattern] of FAULTS) {
    const error = failure(text)
    assert.equal(error.code, 'JSON_MALFORMED')
    assert.deepEqual(error.details, { line, column }, JSON.stringify(text))
    assert.match(error.message, pattern, JSON.stringify(text))
    assert.match(error.message, new RegExp(`line ${line}, column ${column}`))
  }
})

/** Ends of a token that stops half way, and what a member may need after it. */
const TOKEN_ENDS = [
  '',
  '"',
  '0',
  '0"',
  '00"',
  '000"',
  '0000"',
  'n"',
  'rue',
  'ue',
  'e',
  'alse',
  'lse',
  'se',
  'ull',
  'll',
  'l',
]
const MEMBER_ENDS = ['', '0', ':0', '"":0']

/** Whether some text after `prefix` makes it JSON, tried by brute force with the engine's own parser. */
function canContinue(prefix: string): boolean {
  const bare = prefix.replaceAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, '')
  const owed: string[] = []
  for (const char of bare) {
    if (char === '{') owed.unshift('}')
    else if (char === '[') owed.unshift(']')
    else if (char === '}' || char === ']') owed.shift()
  }
  return TOKEN_ENDS.some((token) =>
    MEMBER_ENDS.some((member) => {
      try {
        JSON.parse(prefix + token + member + owed.join(''))
        return true
      } catch {
        return false
      }
    }),
  )
}

const arbDocument = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t', '\r\n'))
  .map(([value, space]) => JSON.stringify(value, undefined, space))

const arbDamage = fc.oneof(
  fc.constantFrom('', ...'{}[]",:\'\\/ \n\t\0-+.eE0123tfnuNx\uFEFF\u00a0\ud800', 'NaN', ',,', '\\u00', '//', '""'),
  fc.string({ maxLength: 3, unit: 'binary' }),
)

test('parseJson: the position is the first one at which no continuation can be JSON', () => {
  fc.assert(
    fc.property(arbDocument, fc.nat(), fc.nat(3), arbDamage, (text, place, cut, damage) => {
      const at = place % (text.length + 1)
      const damaged = text.slice(0, at) + damage + text.slice(at + cut)
      const fault = findJsonFault(damaged)
      if (!fault) {
        JSON.parse(damaged)
        return
      }
      assert.throws(() => JSON.parse(damaged), SyntaxError)
      const { offset } = fault
      assert.ok(offset <= damaged.length)
      assert.ok(canContinue(damaged.slice(0, offset)), `nothing can follow ${JSON.stringify(damaged.slice(0, offset))}`)
      if (offset < damaged.length) {
        assert.ok(!canContinue(damaged.slice(0, offset + 1)), `more can follow ${JSON.stringify(damaged)} at ${offset}`)
      }
      assert.deepEqual(failure(damaged).details, lineAndColumn(damaged, offset))
    }),
    { numRuns: 3000 },
  )
})

test('lineAndColumn: agrees with counting character by character', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r') }), fc.nat(), (text, place) => {
      const offset = place % (text.length + 1)
      const lines = text.slice(0, offset).split('\n')
      assert.deepEqual(lineAndColumn(text, offset), { line: lines.length, column: (lines.at(-1) ?? '').length + 1 })
    }),
  )
})

test('parseJson: text nested too deeply is a typed error at any depth, and brackets in strings do not count', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  parseJson(nested(500), 'the text')
  for (const depth of [501, 5000, 100_000, 5_000_000]) {
    const error = failure(nested(depth))
    assert.equal(error.code, 'VALIDATION_ERROR')
    assert.deepEqual(error.details, { line: 1, column: 501 })
  }
  assert.equal(failure('{"a":'.repeat(1_000_000)).code, 'VALIDATION_ERROR')
  parseJson(JSON.stringify('[\\"{'.repeat(10_000)), 'the text')
  assert.throws(() => parseJson('[[[1]]]', 'the text', { maxDepth: 2 }), { code: 'VALIDATION_ERROR' })
  assert.throws(() => checkDepth('[[[', 'the text', 2), { code: 'VALIDATION_ERROR' })
})
