import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arith, assignPoints, compare, field, literal, rule } from './build.ts'
import { type AnalyticsCache, buildContext, collectFields } from './context.ts'
import { DslError } from './errors.ts'
import { AnalyticsCalls, tableAnalytics } from './recorded.ts'
import { validateProgram } from './validator.ts'

const ids = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }

const programOf = (...paths: string[]) =>
  validateProgram({
    type: 'program',
    rules: paths.map((path) => rule(compare(field(path), '==', literal(1)), assignPoints(literal(1), 'A'))),
  })

async function resolve(paths: readonly string[], more: Partial<Parameters<typeof buildContext>[1]> = {}) {
  const context = await buildContext(programOf(...paths), {
    ...ids,
    analytics: tableAnalytics({ 'user.avg_time': 7 }),
    ...more,
  })
  return paths.map((path) => context.resolvedFields.get(path))
}

test('context: ids, analytics and payload resolve; absent payload keys are null', async () => {
  const values = await resolve(['externalUserId', 'user.avg_time', 'data.x', 'data.y'], { data: { x: 3 } })
  assert.deepEqual(values, ['u', 7, 3, null])
})

test('context: mock state takes precedence, and unused entries are ignored', async () => {
  const mockState = { externalUserId: 9, 'user.avg_time': null, 'data.x': 'm', 'no.such': 1 }
  assert.deepEqual(await resolve(['externalUserId', 'user.avg_time', 'data.x'], { data: { x: 3 }, mockState }), [
    9,
    null,
    'm',
  ])
})

test('context: parent fields resolve only with a parent result, referenced or not', async () => {
  const program = programOf('data.x')
  const sources = { ...ids, analytics: tableAnalytics({}) }
  const without = await buildContext(program, sources)
  assert.equal(without.resolvedFields.get('parent.points'), undefined)
  const parentResult = { points: 4, caseName: 'Up', callbackData: {} }
  const withParent = await buildContext(program, { ...sources, parentResult })
  assert.equal(withParent.resolvedFields.get('parent.points'), 4)
  assert.equal(withParent.resolvedFields.get('parent.case_name'), 'Up')
})

test('context: each analytics method is called once per build and once per cache', async () => {
  const calls = new AnalyticsCalls()
  const analytics = tableAnalytics({}, (call) => calls.add(call))
  const analyticsCache: AnalyticsCache = new Map()
  const program = programOf('user.avg_time', 'user.avg_time', 'user.recent_measurements_count')
  await buildContext(program, { ...ids, analytics, analyticsCache })
  await buildContext(program, { ...ids, analytics, analyticsCache })
  assert.deepEqual(calls.list(), [
    { path: 'user.avg_time', args: ['g', 't', 'u'] },
    { path: 'user.recent_measurements_count', args: ['t', 'u', 300] },
  ])
})

test('context: asynchronous analytics are awaited', async () => {
  const analytics = { ...tableAnalytics({}), countMeasurementsByExternalTaskId: async () => 12 }
  assert.deepEqual(await resolve(['task.measurements_count'], { analytics }), [12])
})

test('context: names of Object.prototype are ordinary keys', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString']
  const paths = names.map((name) => `data.${name}`)
  assert.deepEqual(await resolve(paths, { data: {} }), [null, null, null, null])
  const data = JSON.parse('{"__proto__": 1, "constructor": 2, "prototype": 3, "toString": 4}')
  assert.deepEqual(await resolve(paths, { data }), [1, 2, 3, 4])
  assert.deepEqual(await resolve(paths, { data, mockState: {} }), [1, 2, 3, 4])
})

test('context: it is deeply frozen and shares nothing with the payload', async () => {
  const data = { x: { inner: [1, { deep: 2 }] } }
  const context = await buildContext(programOf('data.x'), { ...ids, data, analytics: tableAnalytics({}) })
  const value = context.resolvedFields.get('data.x')
  data.x.inner.push(5)
  assert.deepEqual(value, { inner: [1, { deep: 2 }] })
  const frozen = (each: unknown): boolean =>
    typeof each !== 'object' || each === null || (Object.isFrozen(each) && Object.values(each).every(frozen))
  assert.ok(frozen(value))
  assert.ok(Object.isFrozen(context) && Object.isFrozen(context.data) && Object.isFrozen(context.resolvedFields))
  assert.ok(Object.isFrozen(context.resolvedFields.values))
  assert.throws(() => Object.assign(context, { data: {} }), TypeError)
})

test('context: values of a payload that are not JSON are dropped', async () => {
  const hostile: unknown = { f: () => process, s: Symbol('s'), n: 10n, u: undefined, d: new Date(0), ok: 1 }
  const data = { x: hostile } as never
  assert.deepEqual(await resolve(['data.x'], { data }), [{ f: null, s: null, n: null, u: null, d: {}, ok: 1 }])
})

test('context: a value nested deeper than 1000 levels is refused with a typed error', async () => {
  const deep: unknown = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)
  await assert.rejects(resolve(['data.x'], { data: { x: deep } as never }), (error) => {
    assert.ok(error instanceof DslError)
    return error.kind === 'DslLimitExceededError'
  })
})

test('context: fields are collected everywhere, once each, also from cyclic programs', () => {
  const program = {
    type: 'program',
    rules: [{ anything: [field('data.a'), { nested: field('data.b') }] }, arith('+', field('data.a'), literal(1))],
  }
  const { paths } = collectFields(program as never)
  assert.deepEqual(
    paths.toSorted((a, b) => (a < b ? -1 : 1)),
    ['data.a', 'data.b', 'parent.case_name', 'parent.points'],
  )
  const knot: Record<string, unknown> = { type: 'field', path: 'data.k' }
  knot.self = [knot, knot]
  assert.deepEqual(collectFields(knot as never).paths, ['data.k', 'parent.points', 'parent.case_name'])
})
