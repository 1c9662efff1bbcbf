import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatExact, isExactObject, parseExact, toPlain } from './exact-json.ts'
import { formatId, formatInstant, readId, readInstant } from './extended-json.ts'

test('exact JSON: numbers in any notation are unchanged', () => {
  for (const text of ['1.0', '-0', '0.10', '1e400', '1E5', '12345678901234567890', '9007199254740993', '-1.50e-7']) {
    assert.equal(formatExact(parseExact(text)), text)
    assert.equal(formatExact(parseExact(`{"a":[${text},{"b":${text}}]}`)), `{"a":[${text},{"b":${text}}]}`)
    assert.equal(isExactObject(parseExact(text)), false)
  }
  assert.equal(toPlain(parseExact('12345678901234567890')), Number('12345678901234567890'))
})

test('exact JSON: formatting is idempotent for any JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const once = formatExact(parseExact(text))
      assert.equal(formatExact(parseExact(once)), once)
      assert.deepEqual(JSON.parse(once), JSON.parse(text))
      assert.deepEqual(toPlain(parseExact(text)), JSON.parse(text))
    }),
  )
})

test('extended JSON: every instant of four-digit years round-trips, to the millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
      assert.equal(readInstant(formatInstant(ms)), ms)
    }),
  )
})

test('extended JSON: dates are written as the original writes them', () => {
  assert.deepEqual(formatInstant(1_776_765_600_000), { $date: '2026-04-21T10:00:00Z' })
  assert.deepEqual(formatInstant(1_776_765_600_120), { $date: '2026-04-21T10:00:00.120Z' })
  assert.deepEqual(formatInstant(-1), { $date: { $numberLong: '-1' } })
})

test('extended JSON: dates in every notation are read, and other values are not', () => {
  const noon = Date.UTC(2026, 3, 21, 12)
  for (const found of [
    { $date: '2026-04-21T12:00:00Z' },
    { $date: '2026-04-21T14:00:00.000+02:00' },
    { $date: '2026-04-21T14:00:00+0200' },
    { $date: { $numberLong: String(noon) } },
    '2026-04-21T12:00:00.000000Z',
  ]) {
    assert.equal(readInstant(found), noon, JSON.stringify(found))
  }
  for (const found of [
    null,
    1,
    '',
    'soon',
    '2026-02-30T00:00:00Z',
    { $date: '2026-04-21' },
    { $date: { $numberLong: '253402300800000' } },
    { $date: { $numberLong: '99999999999999999999' } },
    { $date: { $numberLong: 5 } },
    { $oid: 'x' },
    [],
  ]) {
    assert.equal(readInstant(found), undefined, JSON.stringify(found))
  }
})

test('extended JSON: ids of 24 hex digits are object ids, others are text', () => {
  const id = '65f0c0ffee65f0c0ffee65f0'
  assert.deepEqual(formatId(id), { $oid: id })
  assert.equal(readId({ $oid: id }), id)
  assert.equal(formatId('someone'), 'someone')
  assert.equal(readId(''), undefined)
  assert.equal(readId({ $oid: 5 }), undefined)
})
