// Properties of every program, valid or not, on both engines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../protocol/json.ts'
import { ARITH_OPS, COMPARE_OPS } from '../protocol/strategy.ts'
import type { ExecutionMode } from '../protocol/strategy-run.ts'
import { ruleNode } from '../testing/strategy-nodes.ts'
import { arbBrokenProgram, arbInput, arbProgram, type ProgramInput } from '../testing/strategy-programs.ts'
import { buildContext, collectFields } from './context.ts'
import { DslError } from './errors.ts'
import { execute, executeCooperatively } from './interpreter.ts'
import { prepareProgram } from './prepared.ts'
import { tableAnalytics } from './recorded.ts'
import type { ExecuteOptions } from './run-state.ts'
import { validateProgram } from './validator.ts'

const ids = { externalGameId: 'game', externalTaskId: '__proto__', externalUserId: 'constructor' }
const MODES: readonly ExecutionMode[] = ['full', 'pre', 'post']

async function contextOf(program: JsonValue, input: ProgramInput, mode: ExecutionMode) {
  const parentResult = mode === 'post' ? input.parent : null
  const { data, mockState } = input
  const analytics = tableAnalytics(input.analytics)
  return buildContext(collectFields(program), { ...ids, data, mockState, analytics, parentResult })
}

const optionsOf = (input: ProgramInput, mode: ExecutionMode): ExecuteOptions => ({
  mode,
  initialData: mode === 'pre' ? input.data : null,
  parentResult: mode === 'post' ? input.parent : null,
})

/** The outcome of a run in comparable form. */
function outcomeOf(run: () => object): unknown {
  try {
    const { trace: _, ...result } = { trace: [], ...run() }
    return { ok: true, ...result }
  } catch (error) {
    if (!(error instanceof DslError)) throw error
    const { kind, code, nodeId, params, message } = error
    return { ok: false, kind, code, nodeId, params, message }
  }
}

const arbAny = fc.oneof(arbProgram(), arbBrokenProgram())

function tryValidate(program: JsonValue): boolean {
  try {
    validateProgram(program)
    return true
  } catch (error) {
    assert.ok(error instanceof DslError)
    return false
  }
}

test('engines: prepared and tracing agree on every program, result or failure, node id included', async () => {
  let validRuns = 0
  let failures = 0
  await fc.assert(
    fc.asyncProperty(arbAny, arbInput, fc.boolean(), async (program, input, isValidated) => {
      const isValid = isValidated && tryValidate(program)
      const prepared = prepareProgram(program)
      for (const mode of MODES) {
        const context = await contextOf(program, input, mode)
        const options = optionsOf(input, mode)
        const traced = outcomeOf(() => execute(program, context, options))
        assert.deepEqual(
          outcomeOf(() => prepared.execute(context, options)),
          traced,
        )
        const own = await buildContext(prepared.layout, {
          ...ids,
          ...input,
          analytics: tableAnalytics(input.analytics),
          parentResult: options.parentResult ?? null,
        })
        assert.deepEqual(
          outcomeOf(() => prepared.execute(own, options)),
          traced,
        )
        if (isValid) validRuns++
        if (JSON.stringify(traced).startsWith('{"ok":false')) failures++
      }
    }),
    { numRuns: 1500 },
  )
  assert.ok(validRuns > 300, `only ${validRuns} runs of valid programs`)
  assert.ok(failures > 100, `only ${failures} failures`)
})

test('engines: every operator and function agrees on every pair of types', async () => {
  const values: readonly JsonValue[] = [
    null,
    true,
    false,
    0,
    1,
    -1.5,
    2,
    '',
    'a',
    'ab',
    '12',
    '\u{1f600}',
    '\uffff',
    [],
    [1],
    {},
    { a: 1 },
  ]
  const field = (path: string) => ({ type: 'field', path })
  const [left, right] = [field('data.l'), field('data.r')]
  const expressions = [
    ...ARITH_OPS.map((op) => ({ type: 'arith', op, left, right })),
    { type: 'func_call', name: 'int', args: [left] },
    { type: 'func_call', name: 'clamp', args: [left, right, { type: 'literal', value: 1 }] },
  ]
  const conditions = COMPARE_OPS.map((op) => ({ type: 'compare', op, left, right }))
  const stores = expressions.map((value) => ({
    type: 'program',
    rules: [],
    default: { type: 'set_callback_data', key: 'k', value },
  }))
  const assign = { type: 'assign_points', value: { type: 'literal', value: 1 }, case_name: 'A' }
  const programs = [
    ...stores,
    ...conditions.map((when) => ({ type: 'program', rules: [ruleNode<JsonValue>(when, assign)] })),
  ]
  for (const program of programs.map((each): JsonValue => JSON.parse(JSON.stringify(each)))) {
    validateProgram(program)
    const prepared = prepareProgram(program)
    for (const l of values) {
      for (const r of values) {
        const sources = { ...ids, data: { l, r }, analytics: tableAnalytics({}) }
        const context = await buildContext(prepared.layout, sources)
        const traced = outcomeOf(() => execute(program, context))
        assert.deepEqual(
          outcomeOf(() => prepared.execute(context)),
          traced,
        )
      }
    }
  }
})

test('engines: small limits stop both in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(arbProgram(), arbInput, fc.nat(40), fc.nat(6), async (program, input, maxNodes, maxDepth) => {
      fc.pre(tryValidate(program))
      const context = await contextOf(program, input, 'full')
      const options: ExecuteOptions = { limits: { maxNodes, maxDepth } }
      const traced = outcomeOf(() => execute(program, context, options))
      assert.deepEqual(
        outcomeOf(() => prepareProgram(program).execute(context, options)),
        traced,
      )
    }),
    { numRuns: 500 },
  )
})

test('engines: a program that the validator accepts never exceeds the same limits', async () => {
  await fc.assert(
    fc.asyncProperty(arbProgram(), arbInput, fc.integer({ min: 5, max: 60 }), async (program, input, maxNodes) => {
      const limits = { maxNodes, maxDepth: 6 }
      try {
        validateProgram(program, { limits })
      } catch {
        return
      }
      for (const mode of MODES) {
        const context = await contextOf(program, input, mode)
        const outcome = outcomeOf(() => execute(program, context, { ...optionsOf(input, mode), limits }))
        assert.ok(!JSON.stringify(outcome).includes('DslLimitExceededError'))
      }
    }),
    { numRuns: 500 },
  )
})

test('engines: the same program and values give the same result and trace', async () => {
  await fc.assert(
    fc.asyncProperty(arbAny, arbInput, async (program, input) => {
      const context = await contextOf(program, input, 'full')
      const again = await contextOf(structuredClone(program), structuredClone(input), 'full')
      const runs = [context, again].map((each) => {
        try {
          return execute(program, each)
        } catch (error) {
          assert.ok(error instanceof DslError)
          return { failure: error.message, trace: error.partialTrace }
        }
      })
      assert.deepEqual(runs[0], runs[1])
    }),
    { numRuns: 300 },
  )
})

test('engines: a trace has at most one entry per step', async () => {
  await fc.assert(
    fc.asyncProperty(arbAny, arbInput, async (program, input) => {
      const context = await contextOf(program, input, 'full')
      const limits = { maxNodes: 50, maxDepth: 32 }
      try {
        assert.ok(execute(program, context, { limits }).trace.length <= 50)
      } catch (error) {
        assert.ok(error instanceof DslError)
        assert.ok(error.partialTrace.length <= 50)
      }
    }),
    { numRuns: 300 },
  )
})

test('engines: the cooperative form agrees with the synchronous one, and pauses every 64 nodes', async () => {
  await fc.assert(
    fc.asyncProperty(arbAny, arbInput, async (program, input) => {
      const context = await contextOf(program, input, 'full')
      let pauses = 0
      const pause = async () => {
        pauses++
      }
      const straight = outcomeOf(() => execute(program, context))
      let paused: unknown
      try {
        const result = await executeCooperatively(program, context, { pause })
        paused = outcomeOf(() => result)
      } catch (error) {
        paused = outcomeOf(() => {
          throw error
        })
      }
      assert.deepEqual(paused, straight)
      assert.ok(pauses <= 1000 / 64)
    }),
    { numRuns: 300 },
  )
})

test('engines: running a program changes neither the program nor its input', async () => {
  await fc.assert(
    fc.asyncProperty(arbProgram(), arbInput, async (program, input) => {
      fc.pre(tryValidate(program))
      const before = [structuredClone(program), structuredClone(input)]
      for (const mode of MODES) {
        const context = await contextOf(program, input, mode)
        outcomeOf(() => execute(program, context, optionsOf(input, mode)))
        outcomeOf(() => prepareProgram(program).execute(context, optionsOf(input, mode)))
      }
      assert.deepEqual(structuredClone([program, input]), before)
    }),
    { numRuns: 200 },
  )
})
