import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatExact, isExactObject, parseExact } from './exact-json.ts'
import {
  anyText,
  type Field,
  lenient,
  moment,
  optional,
  plain,
  readFields,
  reference,
  text,
  withDefault,
  writeFields,
} from './fields.ts'

const FIELDS: readonly Field[] = [
  text('a_text'),
  withDefault(text('with_default'), 'none'),
  plain('plain'),
  moment('moment'),
  optional(moment('optional')),
  reference('reference'),
  anyText('any'),
  lenient(plain('lenient'), (value) => typeof value === 'string'),
]

const dates = fc.oneof(
  fc
    .date({ min: new Date(-1e12), max: new Date(1e13), noInvalidDate: true })
    .map((date) => ({ $date: date.toISOString() })),
  fc.integer().map((ms) => ({ $date: { $numberLong: String(ms) } })),
  fc.constantFrom('2026-04-21T10:00:00Z', { $date: '2026-04-21T12:00:00.100000+0200' }),
)
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  dates,
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, 'NUL \0', '\ud800', { $oid: 'a'.repeat(24) }),
)
const documents = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('_id', ...FIELDS.map((each) => each.key)), fc.string(), fc.constant('__proto__')),
      values,
    ),
  )
  .map((pairs) => JSON.stringify(Object.fromEntries(pairs)))
/** Number spellings that JSON.stringify does not produce. */
const spelled = documents.map((json) =>
  json.replaceAll(/:(\d)([,}])/g, ':$1.0$2').replaceAll(/:-(\d)([,}])/g, ':-$1e0$2'),
)

function parse(json: string): Record<string, unknown> {
  const value = parseExact(json)
  assert.ok(isExactObject(value))
  return value
}

/** A round trip through the columns: they must hold text or numbers that both backends return unchanged. */
function pass(json: string): string {
  const { values: columns, extra } = readFields(FIELDS, parse(json))
  return formatExact(writeFields(FIELDS, JSON.parse(formatExact(columns)), extra))
}

test('fields: all values of a document are exported, and missing ones are a default or null', () => {
  fc.assert(
    fc.property(spelled, (json) => {
      const before = parse(json)
      const after = parse(pass(json))
      for (const key of Object.keys(before)) assert.equal(formatExact(after[key]), formatExact(before[key]), key)
      for (const key of Object.keys(after)) {
        if (Object.hasOwn(before, key)) continue
        assert.ok(after[key] === null || after[key] === 'none', key)
      }
    }),
    { numRuns: 500 },
  )
})

test('fields: from the second export on the bytes are identical', () => {
  fc.assert(
    fc.property(spelled, (json) => {
      const once = pass(json)
      assert.equal(pass(once), once)
    }),
  )
})

test('fields: text in a column has no NUL and no lone surrogate', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const { values: columns } = readFields(FIELDS, { a_text: `${value}\0\udc00` })
      const { a_text } = columns
      assert.ok(typeof a_text === 'string' && !a_text.includes('\0') && a_text.isWellFormed())
    }),
  )
})

test('fields: a column that has changed since the import overrides the imported value', () => {
  const { values: columns, extra } = readFields(FIELDS, { moment: '2026-04-21T10:00:00+00:00', a_text: 'x\0' })
  const unchanged = writeFields(FIELDS, columns, extra)
  assert.deepEqual([unchanged.moment, unchanged.a_text], ['2026-04-21T10:00:00+00:00', 'x\0'])
  const changed = writeFields(FIELDS, { ...columns, moment: '2026-04-22T00:00:00.000Z', a_text: 'y' }, extra)
  assert.deepEqual([changed.moment, changed.a_text], [{ $date: '2026-04-22T00:00:00Z' }, 'y'])
})
