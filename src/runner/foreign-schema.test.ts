import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { compileForeignSchema } from './foreign-schema.ts'

function faults(schema: JsonObject, value: JsonValue) {
  const verdict = compileForeignSchema(schema)
  assert.ok(verdict.ok, verdict.ok ? '' : verdict.reason)
  return verdict.validate(value)
}

const CASES: readonly (readonly [string, JsonObject, JsonValue, boolean])[] = [
  ['1.0 counts as an integer', { type: 'integer' }, 1.0, true],
  ['true is no integer', { type: 'integer' }, true, false],
  [
    'its own $schema is ignored',
    { $schema: 'http://json-schema.org/draft-07/schema#', prefixItems: [{ type: 'null' }] },
    [1],
    false,
  ],
  ['a local $ref works', { $defs: { a: { type: 'null' } }, $ref: '#/$defs/a' }, null, true],
  [
    'a name of Object.prototype is a property like others',
    { properties: { constructor: { type: 'string' } } },
    {},
    true,
  ],
  ['a needless backslash in a pattern is taken', { pattern: '^\\-a$' }, '-a', true],
  ['date: a leap day', { format: 'date' }, '2024-02-29', true],
  ['date: no leap day', { format: 'date' }, '2023-02-29', false],
  ['date: no leap day in 1900', { format: 'date' }, '1900-02-29', false],
  ['email', { format: 'email' }, 'nobody', false],
  ['idn-email', { format: 'idn-email' }, 'ü@ö', true],
  ['ipv4', { format: 'ipv4' }, '01.2.3.4', false],
  ['ipv6', { format: 'ipv6' }, '::1', true],
  ['ipv6 with a zone', { format: 'ipv6' }, 'fe80::1%eth0', false],
  ['regex', { format: 'regex' }, '(', false],
  ['uuid', { format: 'uuid' }, '123e4567-e89b-12d3-a456-426614174000', true],
  ['uuid without dashes', { format: 'uuid' }, '123e4567e89b12d3a456426614174000', false],
  ['date-time is an annotation', { format: 'date-time' }, 'never', true],
  ['an invented format is an annotation', { format: 'colour' }, 'loud', true],
  // Keywords of other drafts and of validators are annotations in 2020-12.
  ['nullable does not let null in', { type: 'string', nullable: true }, null, false],
  ['nullable without a type is an annotation', { nullable: true }, 1, true],
  ['nullable: false beside the type null is an annotation', { type: 'null', nullable: false }, null, true],
  ['the keyword id is an annotation', { id: 'x', type: 'null' }, null, true],
  ['a property that is called id is a property', { properties: { id: { type: 'null' } } }, { id: 1 }, false],
  ['$async is an annotation', { $async: true, type: 'null' }, 1, false],
  ['dependencies is an annotation', { dependencies: { a: ['b'] } }, { a: 1 }, true],
  ['$recursiveRef is an annotation', { properties: { a: { $recursiveRef: '#' } }, type: 'object' }, { a: 1 }, true],
  [
    '$dynamicRef leads to its $dynamicAnchor',
    { $dynamicRef: '#n', $defs: { n: { $dynamicAnchor: 'n', type: 'integer' } } },
    'x',
    false,
  ],
  [
    'a $ref that leads nowhere is no fault unless it is reached',
    { properties: { a: { $ref: '#/$defs/no' } } },
    {},
    true,
  ],
  ['a $ref that leads nowhere is a fault once reached', { properties: { a: { $ref: '#/$defs/no' } } }, { a: 1 }, false],
  [
    'of two equal anchors the first counts',
    { $ref: '#x', $defs: { a: { $anchor: 'x', type: 'null' }, b: { $anchor: 'x', type: 'string' } } },
    null,
    true,
  ],
]
for (const [name, schema, value, isValid] of CASES) {
  test(`foreign schema: ${name}`, () => assert.equal(faults(schema, value).length === 0, isValid))
}

const UNUSABLE: readonly (readonly [string, JsonObject, RegExp])[] = [
  ['an unknown type', { type: 'whole' }, /schema is invalid: #\/type/],
  ['a tuple-form items array', { items: [{}] }, /#\/items must be object,boolean/],
  ['a remote $ref, which is not fetched', { $ref: 'http://127.0.0.1:9/x' }, /can't resolve reference/],
  ['a $schema that is no string', { $schema: 7 }, /#\/\$schema must be a string/],
  ['a broken pattern', { pattern: '(' }, /Invalid regular expression/],
  ['a schema that nests without end', JSON.parse(`${'{"not":'.repeat(200)}{}${'}'.repeat(200)}`), /nests deeper/],
  ['a schema of absurd size', { enum: Array.from({ length: 60_000 }, (_, index) => index) }, /more than 50000 values/],
]
for (const [name, schema, reason] of UNUSABLE) {
  test(`foreign schema: ${name} is refused with a reason`, () => {
    const verdict = compileForeignSchema(schema)
    assert.equal(verdict.ok, false)
    if (!verdict.ok) assert.match(verdict.reason, reason)
  })
}

test('foreign schema: an expression that backtracks forever is aborted', () => {
  assert.match(
    faults({ pattern: '^(a+)+$' }, `${'a'.repeat(50)}b`)[0]?.message ?? '',
    /could not be checked.*timed out/,
  )
})

test('foreign schema: errors have JSON paths', () => {
  const schema = {
    properties: { a: { items: { required: ['b'], additionalProperties: false, properties: { b: {} } } } },
  }
  assert.deepEqual(
    faults(schema, { a: [{ b: 1 }, { c: 2 }] })
      .map((fault) => fault.path)
      .sort(),
    ['$.a[1].b', '$.a[1].c'],
  )
})
