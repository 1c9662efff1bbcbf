// What a program must never reach: prototypes, globals, the caller's objects, or more than its share of time and
// memory.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { ruleNode } from '../testing/strategy-nodes.ts'
import { buildContext, collectFields } from './context.ts'
import { DslError } from './errors.ts'
import { execute, executeCooperatively } from './interpreter.ts'
import { prepareProgram } from './prepared.ts'
import { tableAnalytics } from './recorded.ts'
import type { ExecuteOptions, ExecutionResult } from './run-state.ts'
import { validateProgram } from './validator.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineSetter__']
const ids = { externalGameId: '__proto__', externalTaskId: 'constructor', externalUserId: 'toString' }
const literal = (value: JsonValue): JsonObject => ({ type: 'literal', value })
const rule = ruleNode<JsonValue>

async function runBoth(program: JsonObject, options: ExecuteOptions, data: JsonObject | null = null) {
  const context = await buildContext(collectFields(program), { ...ids, data, analytics: tableAnalytics({}) })
  const engines = [() => execute(program, context, options), () => prepareProgram(program).execute(context, options)]
  return engines.map((run): ExecutionResult => run())
}

test('safety: names of Object.prototype are ordinary keys of callback data and working data', async () => {
  for (const name of NAMES) {
    const body = [
      { type: 'set_callback_data', key: name, value: literal(1) },
      { type: 'set_data', key: name, value: literal(2) },
    ]
    const program = { type: 'program', id: name, rules: [], pre_rules: [rule({ ...literal(true), id: name }, ...body)] }
    validateProgram(program)
    for (const result of await runBoth(program, { mode: 'pre', initialData: {} })) {
      assert.deepEqual(Object.entries(result.callbackData), [[name, 1]])
      assert.deepEqual(Object.entries(result.workingData), [[name, 2]])
      assert.equal(Object.getPrototypeOf(result.callbackData), Object.prototype)
      assert.equal(Object.getPrototypeOf(result.workingData), Object.prototype)
    }
  }
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

test('safety: names of Object.prototype are ordinary case names, ids and variables', async () => {
  for (const name of NAMES) {
    const assign = { type: 'assign_points', id: name, value: literal(1), case_name: name }
    const program = {
      type: 'program',
      rules: [{ ...rule(literal(1), assign), id: name }],
      parent_variables: { [`variable_${name}`]: 1 },
    }
    validateProgram(program)
    for (const { caseName } of await runBoth(program, {})) assert.equal(caseName, name)
  }
})

test('safety: names of Object.prototype are not types, operators, functions or fields', () => {
  for (const name of NAMES) {
    const value = (expression: JsonValue): JsonObject => ({
      type: 'program',
      rules: [],
      default: { type: 'set_callback_data', key: 'k', value: expression },
    })
    for (const program of [
      { type: name, rules: [] },
      { type: 'program', rules: [rule({ type: name }, { type: 'return' })] },
      { type: 'program', rules: [rule(literal(1), { type: name })] },
      value({ type: name }),
      value({ type: 'field', path: name }),
      value({ type: 'func_call', name, args: [literal(1)] }),
      value({ type: 'arith', op: name, left: literal(1), right: literal(1) }),
      value({ type: 'compare', op: name, left: literal(1), right: literal(1) }),
    ]) {
      assert.throws(() => validateProgram(program), { kind: 'DslValidationError' })
    }
  }
})

test('safety: a result shares no object with the payload', async () => {
  const payload = { list: [1, { inner: 2 }] }
  const value = { type: 'field', path: 'data.list' }
  const program = { type: 'program', rules: [], default: { type: 'set_callback_data', key: 'k', value } }
  validateProgram(program)
  for (const { callbackData } of await runBoth(program, {}, payload)) {
    assert.deepEqual(callbackData.k, payload.list)
    assert.notEqual(callbackData.k, payload.list)
    assert.ok(Object.isFrozen(callbackData.k))
  }
})

test('safety: no source of the language evaluates text', () => {
  const folder = new URL('.', import.meta.url)
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  assert.ok(sources.length > 20)
  for (const name of sources) {
    const text = readFileSync(new URL(name, folder), 'utf8')
    assert.ok(!/\beval\s*\(|\bnew Function\b|\bFunction\s*\(|\bimport\s*\(/.test(text), name)
  }
})

/** Any number of rules that never match. */
function longProgram(rules: number): JsonObject {
  const program = { type: 'program', rules: Array.from({ length: rules }, () => rule(literal(0), { type: 'return' })) }
  validateProgram(program, { limits: { maxNodes: 1_000_000 } })
  return program
}

const wide: ExecuteOptions = { limits: { maxNodes: 1_000_000 } }

test('time: both engines check it at least every 128 nodes, however large the program', async () => {
  const program = longProgram(20_000)
  const context = await buildContext(collectFields(program), { ...ids, analytics: tableAnalytics({}) })
  const prepared = prepareProgram(program, { maxNodes: 1_000_000, maxDepth: 32 })
  for (const run of [execute.bind(null, program), prepared.execute]) {
    let asked = 0
    const expired = () => {
      asked++
      return false
    }
    run(context, { ...wide, expired })
    assert.ok(asked >= (20_000 * 3) / 128, `asked ${asked} times`)
    let left = 10
    const late = () => {
      left--
      return left === 0
    }
    assert.throws(() => run(context, { ...wide, expired: late }), { kind: 'DslTimeoutError' })
    assert.equal(left, 0, 'it ended at once')
  }
})

test('time: one condition with many arguments cannot bypass it', async () => {
  const args = Array.from({ length: 5000 }, () => literal(0))
  const program = { type: 'program', rules: [rule({ type: 'or', args }, { type: 'return' })] }
  validateProgram(program, { limits: { maxNodes: 1_000_000 } })
  const context = await buildContext(collectFields(program), { ...ids, analytics: tableAnalytics({}) })
  const prepared = prepareProgram(program, { maxNodes: 1_000_000, maxDepth: 32 })
  for (const run of [execute.bind(null, program), prepared.execute]) {
    let asked = 0
    run(context, {
      ...wide,
      expired: () => {
        asked++
        return false
      },
    })
    assert.ok(asked >= 10_000 / 128, `asked ${asked} times`)
  }
})

test('time: the cooperative form yields every 64 nodes, and other work runs', async () => {
  const program = longProgram(300)
  const context = await buildContext(collectFields(program), { ...ids, analytics: tableAnalytics({}) })
  let pauses = 0
  let turns = 0
  const others = setInterval(() => turns++, 0)
  const pause = () => {
    pauses++
    return new Promise<void>((resolve) => setTimeout(resolve, 0))
  }
  await executeCooperatively(program, context, { pause })
  clearInterval(others)
  assert.ok(pauses >= Math.floor(901 / 66) && pauses <= 901 / 64, `${pauses} pauses`)
  assert.ok(turns > 0)
})

test('time: a failing pause ends the run', async () => {
  const program = longProgram(100)
  const context = await buildContext(collectFields(program), { ...ids, analytics: tableAnalytics({}) })
  await assert.rejects(
    executeCooperatively(program, context, { pause: () => Promise.reject(new Error('closing')) }),
    /closing/,
  )
})

test('memory: a program cannot grow a text without limit', async () => {
  let text: JsonValue = { type: 'field', path: 'data.x' }
  for (let i = 0; i < 6; i++) text = { type: 'arith', op: '+', left: text, right: structuredClone(text) }
  const program = { type: 'program', rules: [], default: { type: 'set_callback_data', key: 'k', value: text } }
  validateProgram(program)
  await assert.rejects(runBoth(program, {}, { x: 'y'.repeat(3000) }), { code: 'DSL_ARITH_OVERFLOW' })
})

test('failures: errors of the engines are typed and carry the partial trace', async () => {
  const divide = { type: 'arith', op: '/', left: literal(1), right: literal(0) }
  const program = {
    type: 'program',
    rules: [rule(literal(1), { type: 'assign_points', value: divide, case_name: 'A' })],
  }
  validateProgram(program)
  const context = await buildContext(collectFields(program), { ...ids, analytics: tableAnalytics({}) })
  try {
    execute(program, context)
    assert.fail('it came to a result')
  } catch (error) {
    assert.ok(error instanceof DslError)
    assert.deepEqual(
      error.partialTrace.map(({ type }) => type),
      ['literal', 'rule', 'literal', 'literal'],
    )
    assert.deepEqual(error.toDetail(), {
      code: 'DSL_ARITH_DIV_BY_ZERO',
      params: { nodeId: 'p.program.0.rule.0.assign_points.0.arith.0', op: '/' },
      message: 'division by zero',
    })
  }
})
