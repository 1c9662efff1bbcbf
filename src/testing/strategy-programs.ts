// Random programs of the strategy language, valid and broken, and the values they run on.
import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { ANALYTICS_FIELDS, ARITH_OPS, COMPARE_OPS } from '../protocol/strategy.ts'
import { branchNode, ruleNode } from './strategy-nodes.ts'

/** Names that break an engine built on plain objects. */
const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
]
const DATA_KEYS = ['a', 'b', 'list', 'text', 'none', ...HOSTILE_NAMES]
const TEXTS = ['', 'a', 'ab', '12', ' -7 ', '1_000', '\u{1f600}', '\uffff', '\ud800', 'ñ', ...HOSTILE_NAMES]

const arbNumber = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 2 }) },
  fc.integer({ min: -5, max: 12 }),
  fc.constantFrom(0.5, -1.25, 2.75, 1e308, 1e-300, -0, 2 ** 53),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

const arbScalar: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: arbNumber },
  { weight: 2, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
)

const arbId: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom('n1', 'n2', ...HOSTILE_NAMES).map((id) => ({ id })) },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>('', 7, null).map((id) => ({ id })) },
)

const withId = (node: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
  fc.tuple(node, arbId).map(([each, id]) => ({ ...each, ...id }))

const PATHS = ['externalUserId', 'externalTaskId', ...ANALYTICS_FIELDS, ...DATA_KEYS.map((key) => `data.${key}`)]
const PARENT_PATHS = ['parent.points', 'parent.case_name']

function nodesOf(paths: readonly string[]) {
  return fc.letrec<{ expression: JsonObject; condition: JsonObject }>((tie) => ({
    expression: withId(
      fc.oneof(
        { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
        arbScalar.map((value) => ({ type: 'literal', value })),
        fc.constantFrom(...paths).map((path) => ({ type: 'field', path })),
        fc.record({
          type: fc.constant('arith'),
          op: fc.constantFrom(...ARITH_OPS),
          left: tie('expression'),
          right: tie('expression'),
        }),
        tie('expression').map((arg) => ({ type: 'func_call', name: 'int', args: [arg] })),
        fc
          .tuple(tie('expression'), tie('expression'), tie('expression'))
          .map((args) => ({ type: 'func_call', name: 'clamp', args })),
      ),
    ),
    condition: withId(
      fc.oneof(
        { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
        fc.record({
          type: fc.constant('compare'),
          op: fc.constantFrom(...COMPARE_OPS),
          left: tie('expression'),
          right: tie('expression'),
        }),
        arbScalar.map((value) => ({ type: 'literal', value })),
        fc.constantFrom(...paths).map((path) => ({ type: 'field', path })),
        tie('condition').map((arg) => ({ type: 'not', arg })),
        fc.record({
          type: fc.constantFrom('and', 'or'),
          args: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
        }),
      ),
    ),
  }))
}

const arbCase = fc.constantFrom('Hit', 'A', ...HOSTILE_NAMES)

function statementOf(section: 'rule' | 'pre' | 'post', value: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const callback = fc.tuple(fc.constantFrom('k', ...HOSTILE_NAMES), value).map(([key, each]) => ({
    type: 'set_callback_data',
    key,
    value: each,
  }))
  const stop = fc.constant({ type: 'return' })
  const assign = fc
    .tuple(value, arbCase)
    .map(([each, name]) => ({ type: 'assign_points', value: each, case_name: name }))
  const setData = fc
    .tuple(fc.constantFrom(...DATA_KEYS), value)
    .map(([key, each]) => ({ type: 'set_data', key, value: each }))
  const veto = arbCase.map((name) => ({ type: 'veto', case_name: name }))
  const setPoints = value.map((each) => ({ type: 'set_points', value: each }))
  const setName = value.map((each) => ({ type: 'set_case_name', value: each }))
  if (section === 'rule') return withId(fc.oneof({ weight: 3, arbitrary: assign }, callback, stop))
  return withId(
    section === 'pre' ? fc.oneof(setData, callback, veto, stop) : fc.oneof(setPoints, setName, callback, stop),
  )
}

function ruleOf(section: 'rule' | 'pre' | 'post'): fc.Arbitrary<JsonObject> {
  const { expression, condition } = nodesOf(section === 'post' ? [...PATHS, ...PARENT_PATHS] : PATHS)
  const body = fc.array(statementOf(section, expression), { minLength: 1, maxLength: 3 })
  const branch = fc.tuple(condition, body).map(([when, list]) => branchNode<JsonValue>(when, ...list))
  const start = fc.tuple(condition, body).map(([when, list]) => ruleNode<JsonValue>(when, ...list))
  const end = fc.record(
    { else_if: fc.option(fc.array(branch, { maxLength: 2 })), else: fc.option(body) },
    { requiredKeys: [] },
  )
  return withId(fc.tuple(start, end).map(([rule, rest]) => ({ ...rule, ...rest })))
}

/** A program that the validator accepts under the default limits, before ids are filled in. */
export function arbProgram(): fc.Arbitrary<JsonObject> {
  const rules = (section: 'rule' | 'pre' | 'post') => fc.array(ruleOf(section), { maxLength: 3 })
  const fallback = statementOf('rule', nodesOf(PATHS).expression)
  return withId(
    fc.record(
      {
        type: fc.constant('program'),
        rules: rules('rule'),
        pre_rules: fc.option(rules('pre')),
        post_rules: fc.option(rules('post')),
        default: fc.option(fallback),
        parent_variables: fc.option(fc.dictionary(fc.constantFrom('variable_basic_points', 'variable_x'), arbScalar)),
      },
      { requiredKeys: ['type', 'rules'] },
    ),
  )
}

const GARBAGE: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  'x',
  '',
  [],
  {},
  [[]],
  { type: 'literal' },
  { type: 'veto' },
  'program',
  'and',
  '=<',
  'data.x',
]

interface Edit {
  readonly at: number
  readonly what: JsonValue
  readonly how: 'replace' | 'delete' | 'add'
  readonly key: string
}

const arbEdit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(500),
  what: fc.oneof(fc.constantFrom(...GARBAGE), fc.jsonValue({ maxDepth: 3 }).map(toJson)),
  how: fc.constantFrom('replace', 'delete', 'add'),
  key: fc.constantFrom('extra', 'type', 'id', 'value', 'then', 'when', 'args', ...HOSTILE_NAMES),
})

function toJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

/** A program with random damage: values replaced, keys deleted or added, anywhere. Often invalid, sometimes not. */
export function arbBrokenProgram(): fc.Arbitrary<JsonValue> {
  return fc.tuple(arbProgram(), fc.array(arbEdit, { minLength: 1, maxLength: 3 })).map(([program, edits]) => {
    const broken = structuredClone(program)
    for (const edit of edits) apply(broken, edit)
    return broken
  })
}

function apply(root: JsonObject, { at, what, how, key }: Edit): void {
  const holders: Record<string, unknown>[] = []
  const pending: unknown[] = [root]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue
    holders.push(next as Record<string, unknown>)
    for (const each of Object.values(next)) pending.push(each ?? null)
  }
  const holder = holders[at % holders.length]
  if (!holder) return
  const keys = Object.keys(holder)
  const name = how === 'add' && !Array.isArray(holder) ? key : keys[at % Math.max(1, keys.length)]
  if (name === undefined) return
  if (how === 'delete') delete holder[name]
  else
    Object.defineProperty(holder, name, {
      value: structuredClone(what),
      writable: true,
      enumerable: true,
      configurable: true,
    })
}

/** The input of a program. */
export interface ProgramInput {
  readonly data: JsonObject | null
  readonly analytics: Readonly<Record<string, number>>
  readonly mockState: JsonObject | null
  readonly parent: { readonly points: JsonValue; readonly caseName: string | null; readonly callbackData: JsonObject }
}

const arbPayload: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: arbScalar },
  fc.array(arbScalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...DATA_KEYS), arbScalar, { maxKeys: 3 }).map(toJson),
)

const arbObject = (keys: readonly string[]): fc.Arbitrary<JsonObject> =>
  fc.array(fc.tuple(fc.constantFrom(...keys), arbPayload), { maxLength: 5 }).map((entries) => {
    const object: Record<string, JsonValue> = {}
    for (const [key, value] of entries) {
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
    }
    return object
  })

const arbAnswer = fc.oneof(arbNumber, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY))

export const arbInput: fc.Arbitrary<ProgramInput> = fc.record({
  data: fc.option(arbObject(DATA_KEYS)),
  analytics: fc.dictionary(fc.constantFrom(...ANALYTICS_FIELDS), arbAnswer),
  mockState: fc.option(arbObject([...PATHS, ...PARENT_PATHS])),
  parent: fc.record({
    points: fc.oneof({ weight: 5, arbitrary: arbNumber }, fc.constantFrom<JsonValue>(null, true, 'x', {})),
    caseName: fc.option(arbCase),
    callbackData: arbObject(['k', ...HOSTILE_NAMES]),
  }),
})
