import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import type { RunObservation } from '../protocol/strategy-run.ts'
import { ruleNode } from '../testing/strategy-nodes.ts'
import { arith, field, literal } from './build.ts'
import { createDslStrategy, type DslStrategyOptions } from './dsl-strategy.ts'
import { DslError } from './errors.ts'
import { prepareProgram } from './prepared.ts'
import { tableAnalytics } from './recorded.ts'
import type { ParentStrategy, StrategyVariables } from './strategy.ts'
import { validateProgram } from './validator.ts'

const event = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }
type Rule = NonNullable<Program['pre_rules']>[number] | NonNullable<Program['post_rules']>[number]

const always = (...body: Rule['then'][number][]) => ruleNode<unknown>(literal(true), ...body)

function programOf(parts: Record<string, unknown>): Program {
  return validateProgram({ type: 'program', rules: [], ...parts })
}

interface Seen {
  data: JsonValue
  variables: StrategyVariables
}

function parentOf(score: unknown, seen: Seen[] = [], variables: StrategyVariables = { variable_x: 1 }): ParentStrategy {
  return {
    id: 'parent',
    variables,
    withVariables: (changes) => parentOf(score, seen, { ...variables, ...changes }),
    calculatePoints: async ({ data }) => {
      seen.push({ data: data ?? null, variables })
      if (score instanceof Error) throw score
      return score
    },
  }
}

function strategyOf(program: Program | null, options: Partial<DslStrategyOptions> = {}) {
  const observed: RunObservation[] = []
  const strategy = createDslStrategy(
    { id: 'd1', name: 'Mine', version: 3, program, realmId: 'r' },
    { analytics: tableAnalytics({}), observe: (each) => observed.push(each), ...options },
  )
  return {
    strategy,
    observed,
    score: (data?: JsonObject) => strategy.calculatePoints({ ...event, data: data ?? null }),
  }
}

const setPoints = (value: ReturnType<typeof literal>) => ({ type: 'set_points', value }) as const

test('strategy: it has the id, version and fingerprint of its definition', () => {
  const { strategy } = strategyOf(programOf({}))
  assert.equal(strategy.id, 'custom:d1')
  assert.equal(strategy.version, '3')
  assert.equal(strategy.slug, 'Mine')
  assert.match(strategy.hashVersion, /^[0-9a-f]{64}$/)
  assert.deepEqual(strategy.variables, { variable_basic_points: 1, variable_bonus_points: 1 })
})

test('strategy: without a program it gives no points and notifies no observer', async () => {
  const { score, observed } = strategyOf(null)
  assert.deepEqual(await score(), [0, null])
  assert.deepEqual(observed, [])
})

test('extend: the post phase works on the result of the parent, including fractions', async () => {
  const program = programOf({ post_rules: [always(setPoints(arith('*', field('parent.points'), literal(1.5))))] })
  const { score, observed } = strategyOf(program, { parent: parentOf([3, 'Up', { from: 'parent' }]) })
  assert.deepEqual(await score(), [4.5, 'Up', { from: 'parent' }])
  assert.equal(observed[0]?.points, 4.5)
  assert.equal(observed[0]?.nodesExecuted, observed[0]?.trace?.length)
  assert.equal(observed[0]?.parentStrategyId, 'parent')
})

test('extend: set_data reaches the parent and the post phase, never the payload', async () => {
  const seen: Seen[] = []
  const program = programOf({
    pre_rules: [always({ type: 'set_data', key: '__proto__', value: literal(7) })],
    post_rules: [always(setPoints(field('data.__proto__')))],
  })
  const payload = { a: 1 }
  const { score } = strategyOf(program, { parent: parentOf([3, 'Up'], seen) })
  assert.deepEqual(await score(payload), [7, 'Up'])
  assert.deepEqual(seen[0]?.data, JSON.parse('{"a": 1, "__proto__": 7}'))
  assert.deepEqual(payload, { a: 1 })
  assert.equal(Object.getPrototypeOf(payload), Object.prototype)
})

test('extend: a veto stops before the parent and keeps the callback data written so far', async () => {
  const seen: Seen[] = []
  const program = programOf({
    pre_rules: [
      always({ type: 'set_callback_data', key: 'why', value: literal('early') }, { type: 'veto', case_name: 'No' }),
    ],
  })
  assert.deepEqual(await strategyOf(program, { parent: parentOf([3, 'Up'], seen) }).score(), [
    0,
    'No',
    { why: 'early' },
  ])
  assert.deepEqual(seen, [])
})

test('extend: variables are set on a copy of the parent', async () => {
  const seen: Seen[] = []
  const parent = parentOf([1, 'Up'], seen)
  await strategyOf(programOf({ parent_variables: { variable_x: 9 } }), { parent }).score()
  assert.deepEqual(seen[0]?.variables, { variable_x: 9 })
  assert.deepEqual(parent.variables, { variable_x: 1 })
})

test('extend: a parent result that is not a pair or triple counts as no points', async () => {
  for (const odd of [5, null, undefined, 'x', [], [1], [1, 'a', {}, 4], { points: 5 }]) {
    assert.deepEqual(await strategyOf(programOf({}), { parent: parentOf(odd) }).score(), [0, null])
  }
  assert.deepEqual(await strategyOf(programOf({}), { parent: parentOf([null, null, null]) }).score(), [0, null])
})

test('extend: a failing parent fails the run, and is observed as unexpected with the partial trace', async () => {
  const program = programOf({ pre_rules: [always({ type: 'return' })] })
  const { score, observed } = strategyOf(program, { parent: parentOf(new Error('gone')) })
  await assert.rejects(score(), /gone/)
  assert.equal(observed[0]?.status, 'error')
  assert.equal(observed[0]?.errorCode, 'DSL_UNEXPECTED')
})

test('failure: it is observed once, without a result and with its partial trace', async () => {
  const program = programOf({
    pre_rules: [always({ type: 'set_data', key: 'k', value: literal(1) })],
    post_rules: [always(setPoints(arith('/', literal(1), literal(0))))],
  })
  for (const prepared of [undefined, prepareProgram(program)]) {
    const options = { parent: parentOf([1, 'Up']), ...(prepared ? { prepared } : {}) }
    const { score, observed } = strategyOf(program, options)
    await assert.rejects(score(), { code: 'DSL_ARITH_DIV_BY_ZERO' })
    assert.equal(observed.length, 1)
    const { status, errorCode, points, trace, nodesExecuted, partialTrace } = observed[0] ?? {}
    assert.deepEqual(
      [status, errorCode, points, trace, nodesExecuted],
      ['error', 'DSL_ARITH_DIV_BY_ZERO', null, null, 0],
    )
    assert.ok((partialTrace?.length ?? 0) >= 4, 'the walk up to the failure is kept')
  }
})

test('failure: timeouts and limits are observed as such', async () => {
  const wide = { type: 'or', args: Array.from({ length: 200 }, () => literal(0)) }
  const program = programOf({
    rules: [ruleNode<unknown>(wide, { type: 'return' })],
  })
  const late = strategyOf(program, { startTimer: () => () => true })
  await assert.rejects(late.score(), { kind: 'DslTimeoutError', status: 412 })
  assert.deepEqual([late.observed[0]?.status, late.observed[0]?.errorCode], ['timeout', 'DSL_TIMEOUT'])
  const tight = strategyOf(program, { limits: { maxNodes: 20 } })
  await assert.rejects(tight.score(), { kind: 'DslLimitExceededError' })
  assert.deepEqual([tight.observed[0]?.status, tight.observed[0]?.errorCode], ['limit', 'DSL_LIMIT_EXCEEDED'])
})

test('observer: its failures never reach the caller', async () => {
  const warnings: string[] = []
  const { score } = strategyOf(programOf({}), {
    observe: () => {
      throw new Error('disk full')
    },
    warn: (message) => warnings.push(message),
  })
  assert.deepEqual(await score(), [0, null])
  assert.equal(warnings.length, 1)
})

test('duration: it is measured with the injected clock', async () => {
  let now = 100
  const { score, observed } = strategyOf(programOf({}), {
    now: () => {
      now += 5
      return now
    },
  })
  await score()
  assert.equal(observed[0]?.durationMs, 5)
})

test('pause: the host gets its turn inside a pipeline', async () => {
  const wide = { type: 'or', args: Array.from({ length: 300 }, () => literal(0)) }
  const program = programOf({
    rules: [ruleNode<unknown>(wide, { type: 'return' })],
  })
  let pauses = 0
  const { score } = strategyOf(program, {
    pause: async () => {
      pauses++
    },
  })
  await score()
  assert.equal(pauses, 9, '604 steps')
})

test('unexpected: a parent with non-numeric points fails the post phase with its own error', async () => {
  const program = programOf({ post_rules: [always({ type: 'return' })] })
  await assert.rejects(strategyOf(program, { parent: parentOf(['lots', 'Up']) }).score(), (error) => {
    assert.ok(error instanceof DslError)
    return error.kind === 'UnexpectedError' && error.status === 500
  })
})
