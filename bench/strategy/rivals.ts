// The same programs in other rule languages, by translation, so that every engine computes the same thing: the points
// and the name of the first rule that holds.
import { Environment } from '@marcbachmann/cel-js'
import jsonLogic from 'json-logic-js'
import jsonata from 'jsonata'
import type { JsonObject, JsonValue } from '../../src/protocol/json.ts'
import type { Condition, Expression, Program } from '../../src/protocol/strategy.ts'

/** Event fields as the nested objects that the other languages read. */
export function nest(event: JsonObject): Record<string, Record<string, JsonValue>> {
  const nested: Record<string, Record<string, JsonValue>> = {}
  for (const [path, value] of Object.entries(event)) {
    const [head = '', tail = ''] = path.split('.')
    nested[head] = { ...nested[head], [tail]: value }
  }
  return nested
}

interface Case {
  readonly when: Condition
  readonly points: Expression
  readonly name: string
}

interface Flat {
  readonly cases: readonly Case[]
  readonly otherwise: { readonly points: Expression; readonly name: string } | undefined
}

/** A program as a list of cases: all that the four programs use. */
function flatten(program: Program): Flat {
  const cases = program.rules.map(({ when, then }) => {
    const [statement] = then
    if (statement?.type !== 'assign_points') throw new TypeError('a rule that does not assign')
    return { when, points: statement.value, name: statement.case_name }
  })
  const fallback = program.default
  const otherwise =
    fallback?.type === 'assign_points' ? { points: fallback.value, name: fallback.case_name } : undefined
  return { cases, otherwise }
}

/** Turns a program into a function of nested event fields. */
export interface Rival {
  readonly name: string
  prepare(program: Program): (event: JsonObject) => unknown
}

function logicOf(node: Condition | Expression): JsonValue {
  switch (node.type) {
    case 'literal':
      return node.value
    case 'field':
      return { var: node.path }
    case 'arith':
      return { [node.op]: [logicOf(node.left), logicOf(node.right)] }
    case 'compare':
      return { [node.op === '==' ? '===' : node.op]: [logicOf(node.left), logicOf(node.right)] }
    case 'and':
    case 'or':
      return { [node.type]: node.args.map(logicOf) }
    case 'not':
      return { '!': [logicOf(node.arg)] }
    case 'func_call': {
      const [value = null, low = null, high = null] = node.args.map(logicOf)
      return node.name === 'int' ? { trunc: [value] } : { max: [{ min: [value, high] }, low] }
    }
  }
}

// The only function that it lacks.
jsonLogic.add_operation('trunc', Math.trunc)

export const JSON_LOGIC: Rival = {
  name: 'json-logic-js',
  prepare(program) {
    const { cases, otherwise } = flatten(program)
    const args = cases.flatMap(({ when, points, name }) => [logicOf(when), [logicOf(points), name]])
    const logic = { if: otherwise ? [...args, [logicOf(otherwise.points), otherwise.name]] : [...args, [0, null]] }
    return (event) => jsonLogic.apply(logic, event)
  },
}

const celNumber = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))

function celOf(node: Condition | Expression): string {
  switch (node.type) {
    case 'literal':
      return typeof node.value === 'number' ? celNumber(node.value) : JSON.stringify(node.value)
    case 'field':
      return node.path
    case 'arith': {
      const [left, right] = [celOf(node.left), celOf(node.right)]
      return node.op === 'min' || node.op === 'max' ? `${node.op}(${left}, ${right})` : `(${left} ${node.op} ${right})`
    }
    case 'compare':
      return `(${celOf(node.left)} ${node.op} ${celOf(node.right)})`
    case 'and':
    case 'or':
      return `(${node.args.map(celOf).join(node.type === 'and' ? ' && ' : ' || ')})`
    case 'not':
      return `!(${celOf(node.arg)})`
    case 'func_call':
      return `${node.name === 'int' ? 'trunc' : 'clamp'}(${node.args.map(celOf).join(', ')})`
  }
}

/** Typed, its fastest mode; missing functions are registered natively. */
function celEnvironment(): Environment {
  const environment = new Environment()
  for (const name of ['user', 'task', 'all']) environment.registerVariable(name, 'map<string, double>')
  return environment
    .registerFunction('min(double, double): double', (x: number, y: number) => Math.min(x, y))
    .registerFunction('max(double, double): double', (x: number, y: number) => Math.max(x, y))
    .registerFunction('trunc(double): double', (x: number) => Math.trunc(x))
    .registerFunction('clamp(double, double, double): double', (v: number, lo: number, hi: number) =>
      Math.max(lo, Math.min(v, hi)),
    )
}

const cel = celEnvironment()

export const CEL: Rival = {
  name: '@marcbachmann/cel-js',
  prepare(program) {
    const { cases, otherwise } = flatten(program)
    const end = otherwise
      ? `[dyn(${celOf(otherwise.points)}), dyn(${JSON.stringify(otherwise.name)})]`
      : '[dyn(0.0), dyn(null)]'
    const text = cases
      .map((each) => `${celOf(each.when)} ? [dyn(${celOf(each.points)}), dyn("${each.name}")] : `)
      .join('')
    const run = cel.parse(text + end)
    return (event) => run(event)
  },
}

function jsonataOf(node: Condition | Expression): string {
  switch (node.type) {
    case 'literal':
      return JSON.stringify(node.value)
    case 'field':
      return node.path
    case 'arith': {
      const [left, right] = [jsonataOf(node.left), jsonataOf(node.right)]
      return node.op === 'min' || node.op === 'max'
        ? `$${node.op}([${left}, ${right}])`
        : `(${left} ${node.op} ${right})`
    }
    case 'compare':
      return `(${jsonataOf(node.left)} ${node.op === '==' ? '=' : node.op} ${jsonataOf(node.right)})`
    case 'and':
    case 'or':
      return `(${node.args.map(jsonataOf).join(` ${node.type} `)})`
    case 'not':
      return `$not(${jsonataOf(node.arg)})`
    case 'func_call': {
      const [value = '', low = '', high = ''] = node.args.map(jsonataOf)
      // Its $floor rounds down; truncation toward zero needs both cases.
      return node.name === 'int'
        ? `($v := ${value}; $v < 0 ? $ceil($v) : $floor($v))`
        : `$max([$min([${value}, ${high}]), ${low}])`
    }
  }
}

export const JSONATA: Rival = {
  name: 'jsonata',
  prepare(program) {
    const { cases, otherwise } = flatten(program)
    const end = otherwise ? `[${jsonataOf(otherwise.points)}, ${JSON.stringify(otherwise.name)}]` : '[0, null]'
    const text = cases
      .map((each) => `${jsonataOf(each.when)} ? [${jsonataOf(each.points)}, "${each.name}"] : `)
      .join('')
    const expression = jsonata(text + end)
    return (event) => expression.evaluate(event)
  },
}
