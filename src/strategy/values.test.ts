import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../protocol/json.ts'
import { compareByCodePoint } from './code-points.ts'
import { DslError } from './errors.ts'
import { Meter } from './limits.ts'
import { type KeyLists, snapshot } from './snapshot.ts'
import { type ArithOp, calculate, clamp, compare, isTruthy, toInteger } from './values.ts'

const keys: KeyLists = new Map()
const meter = () => new Meter(undefined, keys).at('n')
const snap = (value: unknown): JsonValue => snapshot(value, keys)

function codeOf(run: () => unknown): string {
  try {
    return `value ${JSON.stringify(run())}`
  } catch (error) {
    assert.ok(error instanceof DslError)
    assert.equal(error.nodeId, 'n')
    return error.code ?? error.kind
  }
}

test('truth: null, false, zero, empty text, empty array and empty object are false, everything else is true', () => {
  for (const value of [null, false, 0, -0, '', [], {}])
    assert.equal(isTruthy(snap(value)), false, JSON.stringify(value))
  for (const value of [true, 1, -1, 0.1, 'x', '0', 'false', [null], { a: null }, Number.NaN]) {
    assert.equal(isTruthy(snap(value)), true, JSON.stringify(value))
  }
})

test('equality: booleans equal numbers, other types never mix, and containers compare by content', () => {
  const equal: readonly (readonly [unknown, unknown])[] = [
    [1, true],
    [0, false],
    ['a', 'a'],
    [null, null],
    [
      [1, [2]],
      [true, [2]],
    ],
    [
      { a: 1, b: [] },
      { b: [], a: 1 },
    ],
    [{}, {}],
    [[], []],
    [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ]
  const unequal: readonly (readonly [unknown, unknown])[] = [
    [1, '1'],
    [null, false],
    [null, 0],
    ['', 0],
    [[], {}],
    [[1], [1, 1]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1 }, { toString: 1 }],
    [JSON.parse('{"__proto__": 1}'), {}],
    [Number.NaN, Number.NaN],
    [[[]], [{}]],
  ]
  for (const [left, right] of equal) assert.equal(compare('==', snap(left), snap(right), meter()), true)
  for (const [left, right] of unequal) assert.equal(compare('!=', snap(left), snap(right), meter()), true)
})

test('order: numbers compare by value, texts by code point, nothing else compares', () => {
  assert.equal(compare('<', '\uffff', '\u{1f600}', meter()), true)
  assert.equal(compare('<', '\ud83d', '\u{1f600}', meter()), true)
  assert.equal(compare('<', '\ud83d\uffff', '\u{1f600}', meter()), true)
  assert.equal(compare('<', '', 'a', meter()), true)
  assert.equal(compare('>=', 'ab', 'a', meter()), true)
  assert.equal(compare('<', 'Z', 'a', meter()), true)
  assert.equal(compare('>', true, 0.5, meter()), true)
  for (const [left, right] of [
    [null, 1],
    [null, null],
    ['1', 1],
    [[1], [2]],
    [{}, {}],
  ] as const) {
    assert.equal(
      codeOf(() => compare('<', left, right, meter())),
      'DSL_COMPARE_TYPE_MISMATCH',
    )
  }
})

test('order: texts sort by code point', () => {
  const arbText = fc.array(fc.constantFrom('a', '\ue000', '\uffff', '\ud800', '\udc00', '\u{10000}', '\u{1f600}'), {
    maxLength: 6,
  })
  const reference = (left: string, right: string): number => {
    const [xs, ys] = [[...left], [...right]]
    for (let i = 0; i < Math.min(xs.length, ys.length); i++) {
      const difference = (xs[i]?.codePointAt(0) ?? 0) - (ys[i]?.codePointAt(0) ?? 0)
      if (difference !== 0) return difference
    }
    return xs.length - ys.length
  }
  fc.assert(
    fc.property(arbText, arbText, fc.nat(3), (xs, ys, copies) => {
      const common = 'x'.repeat(copies * 5000)
      const [left, right] = [common + xs.join(''), common + ys.join('')]
      const expected = Math.sign(reference(left, right))
      assert.equal(Math.sign(compareByCodePoint(left, right)), expected)
      assert.equal(compare('<', left, right, meter()), expected < 0)
    }),
    { numRuns: 300 },
  )
})

const ARITHMETIC: readonly (readonly [ArithOp, JsonValue, JsonValue, string])[] = [
  ['+', true, true, 'value 2'],
  ['+', 'a', 'b', 'value "ab"'],
  ['/', 7, 2, 'value 3.5'],
  ['/', 1, -0, 'DSL_ARITH_DIV_BY_ZERO'],
  ['/', 1, false, 'DSL_ARITH_DIV_BY_ZERO'],
  ['+', 'a', 1, 'DSL_ARITH_TYPE_MISMATCH'],
  ['-', 'a', 'b', 'DSL_ARITH_TYPE_MISMATCH'],
  ['*', 'ab', 2, 'DSL_ARITH_TYPE_MISMATCH'],
  ['+', null, 1, 'DSL_ARITH_TYPE_MISMATCH'],
  ['+', [1], [2], 'DSL_ARITH_TYPE_MISMATCH'],
  ['*', 1e308, 10, 'DSL_ARITH_OVERFLOW'],
  ['-', -1e308, 1e308, 'DSL_ARITH_OVERFLOW'],
  ['min', true, 1, 'value true'],
  ['max', 1, true, 'value 1'],
  ['min', 2, true, 'value true'],
  ['min', 'b', 'a', 'value "a"'],
  ['max', null, 1, 'DSL_ARITH_TYPE_MISMATCH'],
]

test('arithmetic: known inputs give the known results', () => {
  for (const [op, left, right, expected] of ARITHMETIC) {
    assert.equal(
      codeOf(() => calculate(op, left, right, meter())),
      expected,
      `${op} ${left} ${right}`,
    )
  }
  assert.ok(Object.is(calculate('*', -1, 0, meter()), 0), 'a zero result has no sign')
  assert.ok(Object.is(calculate('-', 0, 0, meter()), 0))
})

test('arithmetic: joined texts stay below 100 000 characters', () => {
  const half = 'x'.repeat(50_000)
  assert.equal(String(calculate('+', half, half, meter())).length, 100_000)
  assert.equal(
    codeOf(() => calculate('+', half, `${half}x`, meter())),
    'DSL_ARITH_OVERFLOW',
  )
})

test('int: known inputs give the known results', () => {
  const answers: readonly (readonly [JsonValue, number])[] = [
    [-1.9, -1],
    [-0.5, 0],
    [true, 1],
    [' -12 ', -12],
    ['1_000', 1000],
    ['+7', 7],
    ['\t\n\v\f\r 5', 5],
    ['-0', 0],
    ['007', 7],
  ]
  for (const [value, expected] of answers) assert.ok(Object.is(toInteger(value, meter()), expected), String(value))
  for (const value of ['1.5', '1e3', '', ' ', '0x10', '_1', '1_', '1__0', '- 1', '٣', null, [], {}, '9'.repeat(400)]) {
    assert.equal(
      codeOf(() => toInteger(value, meter())),
      'DslExecutionError',
      JSON.stringify(value),
    )
  }
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(
      codeOf(() => toInteger(value, meter())),
      'DslExecutionError',
    )
  }
})

test('clamp: known inputs give the known results', () => {
  assert.equal(clamp([5, 1, 3], meter()), 3)
  assert.equal(clamp([0, 1, 3], meter()), 1)
  assert.equal(clamp([2, 3, 1], meter()), 3, 'crossed bounds yield the low one')
  assert.equal(clamp(['m', 'a', 'f'], meter()), 'f')
  assert.equal(clamp([true, 0, 1], meter()), true, 'a tie prefers the value over the high bound')
  assert.equal(clamp([1, true, 5], meter()), true, 'and the low bound over the value')
  assert.equal(
    codeOf(() => clamp([1, null, 3], meter())),
    'DslExecutionError',
  )
  assert.equal(
    codeOf(() => clamp(['1', 1, 3], meter())),
    'DslExecutionError',
  )
})

test('work: comparing large values checks the time and ends at a limit', () => {
  const list = snap(Array.from({ length: 80_000 }, (_, i) => i))
  const same = snap(Array.from({ length: 80_000 }, (_, i) => i))
  let asked = 0
  const counting = new Meter(() => {
    asked++
    return false
  }, keys)
  assert.equal(compare('==', list, same, counting), true)
  assert.ok(asked >= 80_000 / 64, `asked ${asked} times`)
  assert.throws(() => compare('==', list, same, counting), { kind: 'DslLimitExceededError' })
  const impatient = new Meter(() => true, keys)
  assert.throws(() => compare('==', list, same, impatient), { kind: 'DslTimeoutError' })
  assert.throws(() => compare('==', 'x'.repeat(30_000), 'y'.repeat(30_000), new Meter(() => true, keys)), {
    kind: 'DslTimeoutError',
  })
})
