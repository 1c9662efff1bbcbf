// Compares the result of a conformance case with its expectation, key by key, as the README beside the cases specifies:
// informative parameters do not count, zero has no sign, and analytics calls are a set.
import { decodeNumbers } from '../strategy/case-numbers.ts'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sorts keys, removes the signs of zeros and normalises numbers: equal values produce equal texts. */
function normal(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (Array.isArray(value)) return value.map(normal)
  if (!isObject(value)) return value ?? null
  if (typeof value.$int === 'string') return Number(value.$int)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return ['object', ...entries.map(([key, each]) => [key, normal(each)])]
}

const textOf = (value: unknown): string => JSON.stringify(normal(value))

const INFORMATIVE = ['actualType', 'leftType', 'rightType']

function comparableParams(params: unknown): unknown {
  return isObject(params)
    ? Object.fromEntries(Object.entries(params).filter(([key]) => !INFORMATIVE.includes(key)))
    : params
}

const callSet = (calls: unknown): string[] =>
  [...new Set(Array.isArray(calls) ? calls.map(textOf) : [])].sort((a, b) => (a < b ? -1 : 1))

const FAILURE_KEYS = ['stage', 'class', 'code', 'status']
const SUCCESS_KEYS = ['points', 'case_name', 'callback_data', 'working_data', 'vetoed', 'trace']
const RUN_KEYS = ['assigned_ids', 'parent_calls', 'observed', 'input_data_after', 'parent_variables_after_unchanged']

/** The expected result of this case. */
function expectationOf(test: Json): Json {
  const expected: unknown = decodeNumbers(structuredClone(test.expect_ts ?? test.expect))
  if (!isObject(expected)) throw new TypeError('a case without expectation')
  return expected
}

function failureDifferences(expected: Json, result: Json): string[] {
  if (expected.crash === true || expected.class === 'UnexpectedError') {
    return result.class === 'UnexpectedError' ? [] : [`class: got ${textOf(result.class)}, expected any foreign error`]
  }
  const faults = differing(FAILURE_KEYS, expected, result)
  const nodeId = expected.node_id === 'None' ? null : expected.node_id
  if (textOf(nodeId) !== textOf(result.node_id))
    faults.push(`node_id: got ${textOf(result.node_id)}, expected ${textOf(nodeId)}`)
  const [want, got] = [comparableParams(expected.params), comparableParams(result.params)]
  if (textOf(want) !== textOf(got)) faults.push(`params: got ${textOf(got)}, expected ${textOf(want)}`)
  return faults
}

function differing(keys: readonly string[], expected: Json, result: Json): string[] {
  return keys
    .filter((key) => Object.hasOwn(expected, key) && textOf(expected[key]) !== textOf(result[key]))
    .map((key) => `${key}: got ${textOf(result[key])}, expected ${textOf(expected[key])}`)
}

export interface CompareOptions {
  /** False for an engine that writes no traces. */
  readonly hasTrace: boolean
}

/** Every difference between `result` and the case's expectation; empty: the case conforms. */
export function differencesOf(test: Json, result: Json, { hasTrace }: CompareOptions): string[] {
  const expected = expectationOf(test)
  if (expected.ok !== result.ok) return [`ok: got ${textOf(result)}, expected ${textOf(expected)}`]
  const faults = expected.ok
    ? differing(hasTrace ? SUCCESS_KEYS : SUCCESS_KEYS.slice(0, -1), expected, result)
    : failureDifferences(expected, result)
  const withoutTrace = hasTrace ? {} : { observed: withoutCounts(result.observed) }
  const comparable = hasTrace ? expected : { ...expected, observed: withoutCounts(expected.observed) }
  faults.push(
    ...differing(
      RUN_KEYS.filter((key) => Object.hasOwn(expected, key)),
      comparable,
      { ...result, ...withoutTrace },
    ),
  )
  if (Object.hasOwn(expected, 'analytics_calls')) {
    const [want, got] = [callSet(expected.analytics_calls), callSet(result.analytics_calls)]
    if (textOf(want) !== textOf(got)) faults.push(`analytics_calls: got ${textOf(got)}, expected ${textOf(want)}`)
  }
  if (test.hash_portable !== false) faults.push(...differing(['ast_hash'], expected, result))
  return faults
}

/** The prepared engine does not count evaluated nodes. */
function withoutCounts(observed: unknown): unknown {
  return isObject(observed) ? { ...observed, nodesExecuted: 0, traceLength: null } : observed
}
