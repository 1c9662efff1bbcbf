import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { differencesOf } from '../testing/strategy-cases.ts'
import { ENGINES, evaluateCase, evaluateLine } from './evaluate.ts'

const lines = readFileSync(new URL('../../tests/fixtures/strategy-dsl/oracle.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')

for (const engine of ENGINES) {
  test(`evaluate: all 741 conformance cases hold on the ${engine} engine`, async () => {
    const faults: string[] = []
    for (const line of lines) {
      const result = await evaluateCase(JSON.parse(line), engine)
      const found = differencesOf(JSON.parse(line), result, { hasTrace: engine === 'tracing' })
      faults.push(...found.map((fault) => `${result.id}: ${fault}`))
    }
    assert.equal(lines.length, 741)
    assert.deepEqual(faults, [])
  })
}

test('evaluate: a comparison that never fails would be detected', async () => {
  const line = lines.find((each) => each.includes('"pipe-full"')) ?? ''
  const result = await evaluateCase(JSON.parse(line))
  for (const [key, wrong] of [
    ['points', 5],
    ['case_name', 'Other'],
    ['trace', []],
    ['assigned_ids', {}],
    ['ast_hash', ''],
    ['analytics_calls', [{ path: 'user.avg_time', args: [] }]],
  ] as const) {
    const faults = differencesOf(JSON.parse(line), { ...result, [key]: wrong }, { hasTrace: true })
    assert.equal(faults.length, 1, key)
  }
})

test('evaluate: an invalid line gets an error result instead of throwing', async () => {
  for (const line of ['', 'null', '[]', '{"id": "x"}', '{"id": 7, "mode": "full"}', '{']) {
    const result = await evaluateLine(line)
    assert.equal(result.ok, false)
    assert.equal(result.stage, 'read')
  }
  assert.equal((await evaluateLine('{"id": "x"}')).id, 'x')
})

test('evaluate: numbers that JSON lacks are read and written as {"$float"}', async () => {
  const ast = { type: 'program', rules: [{ type: 'rule', when: { type: 'literal', value: true } }] }
  const whole = {
    ...ast.rules[0],
    // biome-ignore lint/suspicious/noThenProperty: the language's own word
    then: [{ type: 'set_callback_data', key: 'x', value: { type: 'field', path: 'data.x' } }],
  }
  const ids = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }
  const data = { x: { $float: 'NaN' } }
  const line = JSON.stringify({ id: 'n', mode: 'full', ids, ast: { ...ast, rules: [whole] }, data })
  const result = await evaluateLine(line)
  assert.deepEqual(result.callback_data, { x: Number.NaN })
})

test('evaluate: a parent that does not exist is an outcome', async () => {
  const ids = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }
  const ast = { type: 'program', rules: [] }
  const result = await evaluateCase({ id: 'n', mode: 'pipeline', ids, ast, parent: { builtin: 'nobody' } })
  assert.equal(result.ok, false)
  assert.equal(result.class, 'UnexpectedError')
})

test('evaluate: a payload nested ten thousand levels is refused, and such a program is invalid', async () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
  const head = '"mode": "full", "ids": {"externalGameId": "g", "externalTaskId": "t", "externalUserId": "u"}'
  const refused = await evaluateLine(
    `{"id": "d", ${head}, "ast": {"type": "program", "rules": []}, "data": {"x": ${deep}}}`,
  )
  assert.equal(refused.stage, 'read')
  const invalid = await evaluateLine(`{"id": "d", ${head}, "ast": {"type": "program", "rules": ${deep}}}`)
  assert.equal(invalid.stage, 'validate')
})
