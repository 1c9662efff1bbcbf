// Expressions and conditions in the machine of walk.ts: how each is entered, and how it resumes when the value it waits
// for is available. Contract: sections 4.5, 4.6 and 4.8 of the language.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { type DslCode, DslError } from './errors.ts'
import { arityOf, isArithOp, isCompareOp, isScalar } from './grammar.ts'
import { toParam } from './params.ts'
import { notPrecomputed } from './run-state.ts'
import { calculate, calculateNumbers, clamp, compare, compareNumbers, isTruthy, toInteger } from './values.ts'
import {
  countNode,
  FRAME,
  type Frame,
  finish,
  idOf,
  malformed,
  meterAt,
  NOTHING,
  noteBranch,
  TASK,
  toList,
  toNode,
  toText,
  visit,
  type Walk,
  waitAt,
} from './walk.ts'

export function enterExpression(walk: Walk, node: JsonObject, depth: number): void {
  countNode(walk, node, depth)
  switch (node.type) {
    case 'literal':
      enterLiteral(walk, node)
      break
    case 'field':
      enterField(walk, node)
      break
    case 'arith':
      waitAt(walk, FRAME.arith, node, NOTHING)
      visit(walk, TASK.expression, toNode(node.left, node, 'left'), depth + 1)
      break
    case 'func_call':
      enterCall(walk, node, depth)
      break
    default:
      throw malformed(node, 'an expression of an unknown type')
  }
}

function enterLiteral(walk: Walk, node: JsonObject): void {
  const { value } = node
  if (!isScalar(value)) throw malformed(node, 'the value of a literal must be a scalar')
  finish(walk, node, 'literal', value === 0 ? 0 : value)
}

function enterField(walk: Walk, node: JsonObject): void {
  const path = toText(node.path, node, 'path')
  const value = walk.fields.get(path)
  if (value === undefined) throw notPrecomputed(idOf(node), path)
  finish(walk, node, 'field', value)
}

function enterCall(walk: Walk, node: JsonObject, depth: number): void {
  const expected = arityOf(node.name)
  if (expected === undefined) throw refuse('DSL_FUNC_NAME_NOT_ALLOWED', node, { name: toParam(node.name) })
  const args = node.args ?? NOTHING
  const actual = Array.isArray(args) ? args.length : 'non-list'
  if (actual !== expected) {
    throw refuse('DSL_FUNC_ARITY_MISMATCH', node, { name: toParam(node.name), expected, actual })
  }
  const list = toList(args, node, 'args')
  waitAt(walk, FRAME.call, node, list)
  visit(walk, TASK.expression, toNode(list[0], node, 'an argument'), depth + 1)
}

function refuse(code: DslCode, node: JsonObject, facts: JsonObject): DslError {
  const nodeId = idOf(node)
  const message = `${String(node.type)} is not valid here`
  return new DslError('DslValidationError', message, { code, nodeId, params: { nodeId, ...facts } })
}

export function enterCondition(walk: Walk, node: JsonObject, depth: number): void {
  countNode(walk, node, depth)
  switch (node.type) {
    case 'compare':
      waitAt(walk, FRAME.compare, node, NOTHING)
      visit(walk, TASK.expression, toNode(node.left, node, 'left'), depth + 1)
      break
    case 'and':
    case 'or':
      enterJunction(walk, node, depth)
      break
    case 'not':
      waitAt(walk, FRAME.not, node, NOTHING)
      visit(walk, TASK.condition, toNode(node.arg, node, 'arg'), depth + 1)
      break
    case 'literal':
    case 'field':
      visit(walk, TASK.expression, node, depth)
      break
    default:
      throw malformed(node, 'a condition of an unknown type')
  }
}

function enterJunction(walk: Walk, node: JsonObject, depth: number): void {
  const args = toList(node.args, node, 'args')
  if (args.length === 0) {
    finishJunction(walk, node)
    return
  }
  waitAt(walk, FRAME.junction, node, args)
  visit(walk, TASK.condition, toNode(args[0], node, 'an argument'), depth + 1)
}

function finishJunction(walk: Walk, node: JsonObject): void {
  const isOr = node.type === 'or'
  finish(walk, node, isOr ? 'or' : 'and', !isOr)
}

/** Once the left operand is available: keeps it and visits the right one. False: both are available. */
function wantsRight(walk: Walk, frame: Frame): boolean {
  if (frame.index > 0) return false
  frame.index = 1
  frame.first = walk.value
  visit(walk, TASK.expression, toNode(frame.node.right, frame.node, 'right'), frame.depth + 1)
  return true
}

export function resumeArith(walk: Walk, frame: Frame): void {
  if (wantsRight(walk, frame)) return
  const { node } = frame
  walk.frame = frame.below
  const { op } = node
  if (!isArithOp(op)) throw refuse('DSL_ARITH_OP_NOT_ALLOWED', node, { op: toParam(op) })
  finish(
    walk,
    node,
    'arith',
    calculateNumbers(op, frame.first, walk.value) ?? calculate(op, frame.first, walk.value, meterAt(walk, node)),
  )
}

export function resumeCompare(walk: Walk, frame: Frame): void {
  if (wantsRight(walk, frame)) return
  const { node } = frame
  walk.frame = frame.below
  const { op } = node
  if (!isCompareOp(op)) throw refuse('DSL_COMPARE_OP_NOT_ALLOWED', node, { op: toParam(op) })
  finish(
    walk,
    node,
    'compare',
    compareNumbers(op, frame.first, walk.value) ?? compare(op, frame.first, walk.value, meterAt(walk, node)),
  )
}

export function resumeCall(walk: Walk, frame: Frame): void {
  const { node, list } = frame
  frame.index++
  if (frame.index < list.length) {
    if (frame.index === 1) frame.first = walk.value
    else frame.second = walk.value
    visit(walk, TASK.expression, toNode(list[frame.index], node, 'an argument'), frame.depth + 1)
    return
  }
  walk.frame = frame.below
  finish(walk, node, 'func_call', call(walk, frame))
}

function call(walk: Walk, { node, first, second }: Frame): JsonValue {
  const meter = meterAt(walk, node)
  return node.name === 'int' ? toInteger(walk.value, meter) : clamp([first, second, walk.value], meter)
}

export function resumeJunction(walk: Walk, frame: Frame): void {
  const { node, list } = frame
  const isOr = node.type === 'or'
  if (isTruthy(walk.value) === isOr) {
    walk.frame = frame.below
    noteBranch(walk, node, { type: isOr ? 'or' : 'and', value: isOr }, `short_circuit:${frame.index}`)
    walk.value = isOr
    return
  }
  frame.index++
  if (frame.index < list.length) {
    visit(walk, TASK.condition, toNode(list[frame.index], node, 'an argument'), frame.depth + 1)
    return
  }
  walk.frame = frame.below
  finishJunction(walk, node)
}

export function resumeNot(walk: Walk, frame: Frame): void {
  const { node } = frame
  walk.frame = frame.below
  finish(walk, node, 'not', !isTruthy(walk.value))
}
