import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../protocol/json.ts'
import { capTrace } from './cap-trace.ts'
import { formatNodeIdHeader } from './errors.ts'
import { excerpt, locate } from './locate.ts'
import { formatProblem, reportProgram } from './report.ts'

/** Every path of a value, with the value there. */
function pathsOf(value: JsonValue, path: (string | number)[] = []): [(string | number)[], JsonValue][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  const entries: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((each: JsonValue, i): [number, JsonValue] => [i, each])
    : Object.entries(value)
  return [[path, value], ...entries.flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

test('locate: every value of a JSON text is located, whatever the formatting', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', 2, '\t'), (value, indent) => {
      const text = `${indent === '' ? '' : ' \n'}${JSON.stringify(value, undefined, indent)} `
      const parsed: JsonValue = JSON.parse(text)
      for (const [path, expected] of pathsOf(parsed)) {
        const { start, end } = locate(text, path)
        assert.deepEqual(JSON.parse(text.slice(start, end)), expected)
        const last = path.at(-1)
        if (typeof last !== 'string') continue
        const key = locate(text, path, true)
        assert.equal(JSON.parse(text.slice(key.start, key.end)), last)
      }
    }),
    { numRuns: 300 },
  )
})

test('locate: the last of duplicate keys counts; a missing path resolves to the nearest one above', () => {
  const text = '{"a": 1, "a": {"b": 2}}'
  assert.deepEqual(locate(text, ['a']), { start: 14, end: 22 })
  assert.deepEqual(locate(text, ['a', 'x', 0]), { start: 14, end: 22 })
})

test('excerpt: a caret under the first character, tildes under the rest, long lines cut', () => {
  assert.equal(excerpt('{\n\t"a": 12\n}', { start: 8, end: 10 }), '\t"a": 12\n\t     ^~')
  const long = `${'x'.repeat(500)}!${'y'.repeat(500)}`
  const [line, caret] = excerpt(long, { start: 500, end: 501 }).split('\n')
  assert.equal(line?.length, 100)
  assert.equal(line?.[caret?.indexOf('^') ?? -1], '!')
})

test('report: a problem has code, node, path, line and column, and an excerpt', () => {
  const text =
    '{\n  "type": "program",\n  "rules": [],\n  "default": {"type": "assign_points",\n    "value": {"type": "field", "path": "user.age"}, "case_name": "A"}\n}'
  const { ok, problems, hash } = reportProgram(text, JSON.parse(text))
  assert.equal(ok, false)
  assert.equal(hash, null)
  const [problem] = problems
  assert.ok(problem)
  assert.equal(
    formatProblem(problem),
    `DSL_FIELD_PATH_NOT_ALLOWED at node p.program.0.assign_points.0.field.0
  $.default.value.path (line 5, column 40): there is no field "user.age"
        "value": {"type": "field", "path": "user.age"}, "case_name": "A"}
                                           ^~~~~~~~~~
  fix: Use one of the listed field paths, or data.<key> with only letters, digits and _.`,
  )
})

test('report: a valid program has a hash and a node count', () => {
  const text = '{"type": "program", "rules": []}'
  const { ok, nodes, hash } = reportProgram(text, JSON.parse(text))
  assert.deepEqual([ok, nodes, hash?.length], [true, 1, 64])
})

test('header: no node id can break a header or collide with another', () => {
  assert.equal(formatNodeIdHeader('p.program.0'), 'p.program.0')
  assert.equal(formatNodeIdHeader('a\r\nX-Evil: 1'), 'a%0D%0AX-Evil: 1')
  assert.equal(formatNodeIdHeader('ñ\u{1f600}%'), '%C3%B1%F0%9F%98%80%25')
  assert.equal(formatNodeIdHeader('\ud800'), '%EF%BF%BD')
})

test('trace: the output stays below the limit and reports omissions', () => {
  const big = Array.from({ length: 1000 }, (_, i) => ({ text: 'x'.repeat(50), i }))
  const trace = Array.from({ length: 100 }, (_, i) => ({ nodeId: `n${i}`, type: 'field', value: big }))
  const capped = capTrace(trace, 200_000)
  assert.ok(capped.trace.length > 0 && capped.omitted === 100 - capped.trace.length)
  assert.ok(JSON.stringify(capped.trace).length < 400_000)
  assert.equal(capTrace(trace.slice(0, 1)).omitted, 0)
})
