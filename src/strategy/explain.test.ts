import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../protocol/json.ts'
import { branchNode } from '../testing/strategy-nodes.ts'
import { arbInput, arbProgram } from '../testing/strategy-programs.ts'
import { and, arith, assignPoints, compare, field, literal, rule } from './build.ts'
import { DslError } from './errors.ts'
import { type ExplainedNode, explainPhases } from './explain.ts'
import { formatExplanation, formatPoints } from './format-explanation.ts'
import { runPipeline } from './pipeline.ts'
import { tableAnalytics } from './recorded.ts'
import { validateProgram } from './validator.ts'

const event = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }

async function explain(program: unknown, table: Record<string, number>, data: JsonObject = {}) {
  const valid = validateProgram(program)
  try {
    const result = await runPipeline(valid, { ...event, data }, { analytics: tableAnalytics(table) })
    const phases = explainPhases(valid, result.phases)
    return { phases, text: formatExplanation(phases, result) }
  } catch (error) {
    assert.ok(error instanceof DslError)
    const phases = explainPhases(valid, error.partialPhases)
    return { phases, text: formatExplanation(phases, undefined, error.message) }
  }
}

const award = (points: number, name: string) => assignPoints(literal(points), name)
const isFast = () => compare(field('user.avg_time'), '<', arith('*', field('all.avg_time'), literal(0.8)))
const isNew = () => compare(field('user.measurements_count'), '<=', literal(2))

const program = () => ({
  type: 'program',
  rules: [
    rule(isNew(), award(1, 'New')),
    {
      ...rule(and(isFast(), field('data.x') as never), award(10, 'Fast')),
      else_if: [branchNode<unknown>(isFast(), award(4.256, 'Quick'))],
    },
    rule(literal(true) as never, award(9, 'Never')),
  ],
  default: award(2, 'Default'),
})

test('explanation: each rule shows its outcome and values', async () => {
  const { text } = await explain(program(), { 'user.avg_time': 5, 'all.avg_time': 10, 'user.measurements_count': 3 })
  assert.equal(
    text,
    `4.26 points, case "Quick"

Rules:
  1. did not match
       when user.measurements_count <= 2 → false
         user.measurements_count is 3
  2. matched branch 1, and decided the score
       when (user.avg_time < (all.avg_time * 0.8)) and data.x → false
         user.avg_time is 5
         all.avg_time is 10
         data.x is null
       else when user.avg_time < (all.avg_time * 0.8) → true
         user.avg_time is 5
         all.avg_time is 10
       → 4.256 points, case "Quick"
  3. not evaluated
  default: not needed`,
  )
})

test('explanation: the default and short-circuited conditions are shown', async () => {
  const { phases, text } = await explain(
    { ...program(), rules: program().rules.slice(0, 2) },
    { 'user.avg_time': 9, 'all.avg_time': 10, 'user.measurements_count': 3 },
  )
  assert.ok(text.includes('default: ran'))
  assert.ok(text.startsWith('2 points, case "Default"'))
  const shortened = phases[0]?.rules[1]?.conditions[0]
  assert.equal(shortened?.value, false)
  assert.equal(shortened?.children[1]?.value, undefined, 'data.x was never read')
  assert.ok(phases[0]?.fallback?.isDecisive)
})

test('explanation: a failed run says where it ended', async () => {
  const { phases, text } = await explain(
    {
      type: 'program',
      rules: [rule(isNew(), award(1, 'A')), rule(compare(field('data.x'), '<', literal(1)), award(1, 'B'))],
    },
    { 'user.measurements_count': 3 },
  )
  assert.deepEqual(
    phases[0]?.rules.map(({ outcome }) => outcome),
    ['did not match', 'failed'],
  )
  assert.ok(text.startsWith('The run failed: < cannot take null and a number'))
  assert.ok(text.includes('data.x is null'))
})

test('explanation: nodes with the same id are distinguished by the order of the trace', async () => {
  const twin = (value: number) => ({ ...literal(value), id: 'same' })
  const same = {
    type: 'program',
    rules: [
      rule(compare(twin(1), '>', twin(2)), award(1, 'A')),
      {
        ...rule(and(compare(twin(1), '>', twin(2)), compare(twin(3), '<', twin(4))), award(2, 'B')),
        id: 'p.program.0.rule.0',
      },
      rule(compare(twin(3), '<', twin(4)), award(3, 'C')),
    ],
  }
  const { phases } = await explain(same, {})
  assert.deepEqual(
    phases[0]?.rules.map(({ outcome }) => outcome),
    ['did not match', 'did not match', 'matched'],
  )
  assert.deepEqual(
    phases[0]?.rules[2]?.conditions[0]?.children.map(({ value }) => value),
    [3, 4],
  )
})

function entriesIn(node: ExplainedNode): number {
  return node.children.reduce((sum, child) => sum + entriesIn(child), node.value === undefined ? 0 : 1)
}

test('explanation: every trace entry is placed, for every program, finished or failed', async () => {
  await fc.assert(
    fc.asyncProperty(arbProgram(), arbInput, async (random, input) => {
      let valid: ReturnType<typeof validateProgram>
      try {
        valid = validateProgram(random)
      } catch {
        return
      }
      const options = { analytics: tableAnalytics(input.analytics), mockState: input.mockState }
      const phases = await runPipeline(valid, { ...event, data: input.data }, options).then(
        (result) => result.phases,
        (error: unknown) => {
          assert.ok(error instanceof DslError)
          return error.partialPhases
        },
      )
      for (const [i, explained] of explainPhases(valid, phases).entries()) {
        const statements = explained.rules.flatMap((each) => each.statements)
        const all = explained.fallback ? [...statements, explained.fallback] : statements
        const inRules = explained.rules.filter(
          ({ outcome }) => outcome !== 'not evaluated' && outcome !== 'failed',
        ).length
        const failedWithEntry = explained.rules.filter(
          ({ outcome, statements: body }) => outcome === 'failed' && body.length > 0,
        ).length
        const counted =
          explained.rules.flatMap(({ conditions }) => conditions).reduce((sum, each) => sum + entriesIn(each), 0) +
          all.reduce((sum, { hasRun, value }) => sum + (hasRun ? 1 : 0) + (value ? entriesIn(value) : 0), 0) +
          inRules +
          failedWithEntry
        assert.equal(counted, phases[i]?.trace.length)
      }
    }),
    { numRuns: 500 },
  )
})

test('points: at most two decimals are shown', () => {
  assert.deepEqual([1, 1.005, 2.5, -7.12345, 1e21, 'lots'].map(formatPoints), [
    '1',
    '1',
    '2.5',
    '-7.12',
    '1e+21',
    '"lots"',
  ])
})
