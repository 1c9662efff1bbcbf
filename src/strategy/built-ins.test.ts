import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ANALYTICS_FIELDS } from '../protocol/strategy.ts'
import { BUILT_INS } from './built-ins.ts'
import { runPipeline } from './pipeline.ts'
import { tableAnalytics } from './recorded.ts'
import { createBuiltIn, type StrategySpec } from './strategy.ts'
import { validateProgram } from './validator.ts'

const event = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }

function specOf(id: string): StrategySpec {
  const spec = BUILT_INS.find((each) => each.id === id)
  assert.ok(spec)
  return spec
}

const scoreOf = (id: string, table: Record<string, number>) =>
  createBuiltIn(specOf(id), tableAnalytics(table)).calculatePoints(event)

const DEFAULT_CASES: readonly (readonly [string, readonly number[], number, string])[] = [
  // task, user, own average, average of all, last difference, new difference
  ['first of a task', [1, 9, 1, 9, 0, 0], 1, 'BasicEngagement'],
  ['newcomer', [2, 2, 1, 9, 0, 0], 1, 'default'],
  ['faster than all', [5, 3, 1, 9, 0, 0], 11, 'PerformanceBonus'],
  ['slower now, below the average of all', [5, 3, 9, 9, 2, 10], 3, 'IndividualOverGlobal'],
  ['below the own average', [5, 3, 20, 9, 0, 15], 15, 'PeakPerformerBonus'],
  ['above the own average', [5, 3, 20, 9, 0, 25], 7, 'GlobalAdvantageAdjustment'],
  ['quicker than before', [5, 3, 20, 9, 10, 5], 8, 'IndividualAdjustment'],
  ['as before', [5, 3, 20, 9, 5, 5], 1, 'default'],
  ['exactly the own average', [5, 3, 20, 9, 0, 20], 1, 'default'],
]

test('default: known inputs give the known results', async () => {
  for (const [name, [task, user, own, all, last, now], points, caseName] of DEFAULT_CASES) {
    const table = {
      'task.measurements_count': task ?? 0,
      'user.measurements_count': user ?? 0,
      'user.avg_time': own ?? 0,
      'all.avg_time': all ?? 0,
      'user.last_window_diff': last ?? 0,
      'user.new_last_window_diff': now ?? 0,
    }
    assert.deepEqual(await scoreOf('default', table), [points, caseName], name)
    assert.deepEqual(await scoreOf('socio_bee', table), [points, caseName], name)
  }
})

test('constant effort: dividing first determines the last digit', async () => {
  const answers = [
    [0, 1],
    [1, 2],
    [27, 28],
    [28, 28],
    [55, 56],
    [56, 56],
    [57, 57],
    [99, 100],
    [150, 100],
  ] as const
  for (const [count, points] of answers) {
    const [given, caseName] = await scoreOf('constantEffortStrategy', { 'user.recent_measurements_count': count })
    assert.equal(given, points, `${count} awards`)
    assert.equal(caseName, count === 0 ? 'BasicReward' : 'ConstantEffortReward')
  }
})

for (const spec of BUILT_INS) {
  test(`parity: ${spec.id} and its program give the same points and case for every history`, async () => {
    assert.ok(spec.createProgram)
    const program = validateProgram(spec.createProgram())
    const arbAnswer = fc.oneof(fc.integer({ min: -1, max: 120 }), fc.double({ min: -10, max: 200, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(fc.tuple(...ANALYTICS_FIELDS.map(() => arbAnswer)), async (answers) => {
        const table = Object.fromEntries(ANALYTICS_FIELDS.map((path, i) => [path, answers[i] ?? 0]))
        const analytics = tableAnalytics(table)
        const { points, caseName } = await runPipeline(program, event, { analytics })
        assert.deepEqual([points, caseName], await createBuiltIn(spec, analytics).calculatePoints(event))
      }),
      { numRuns: 500 },
    )
  })
}

test('built-ins: known variables can be changed in a copy, unknown ones are ignored', async () => {
  const analytics = tableAnalytics({ 'user.recent_measurements_count': 40 })
  const shared = createBuiltIn(specOf('constantEffortStrategy'), analytics)
  const tuned = shared.withVariables({ variable_max_points: 10, variable_nonsense: 1, ['__proto__']: 5 })
  assert.deepEqual(await tuned.calculatePoints(event), [10, 'ConstantEffortReward'])
  assert.deepEqual(await shared.calculatePoints(event), [41, 'ConstantEffortReward'])
  assert.equal(shared.variables.variable_max_points, 100)
  assert.ok(!Object.hasOwn(tuned.variables, 'variable_nonsense'))
  assert.equal(tuned.hashVersion, shared.hashVersion)
})

test('built-ins: a variable of the wrong type fails as a foreign error', async () => {
  const strategy = createBuiltIn(
    specOf('constantEffortStrategy'),
    tableAnalytics({ 'user.recent_measurements_count': 4 }),
  )
  await assert.rejects(strategy.withVariables({ variable_max_points: 'lots' }).calculatePoints(event), TypeError)
})

test('built-ins: fingerprints are 64 hex digits and depend on the revision', () => {
  const spec = specOf('default')
  const hash = createBuiltIn(spec, tableAnalytics({})).hashVersion
  assert.match(hash, /^[0-9a-f]{64}$/)
  assert.notEqual(createBuiltIn({ ...spec, revision: 2 }, tableAnalytics({})).hashVersion, hash)
})
