// Validation of conditions, expressions and statements. The order of the checks is part of the language: clients are
// told the first problem. Rules and programs: validator.ts. Contract: sections 3.3 and 3.4.

import { ANALYTICS_FIELDS, ARITH_OPS, COMPARE_OPS, EVENT_FIELDS, PARENT_FIELDS } from '../protocol/strategy.ts'
import type { Section } from '../protocol/strategy-run.ts'
import {
  arityOf,
  CONDITION_KEYS,
  EXPRESSION_KEYS,
  isAllowedIn,
  isArithOp,
  isCaseName,
  isCompareOp,
  isDataKey,
  isKnownPath,
  isParentField,
  isRawNode,
  isScalar,
  listAllowedIn,
  type RawNode,
  STATEMENT_KEYS,
} from './grammar.ts'
import { toParam } from './params.ts'
import {
  type Check,
  checkDepth,
  checkKeys,
  countNode,
  forEachElement,
  guess,
  identify,
  report,
  within,
} from './problems.ts'

/** The position of a node. */
export interface Place {
  readonly section: Section
  /** Id of the parent of the node. */
  readonly ownerId: string
  readonly depth: number
  readonly index: number
}

const below = (place: Place, ownerId: string, index: number): Place => ({
  section: place.section,
  ownerId,
  depth: place.depth + 1,
  index,
})

/** The node's type if it is in `known`; otherwise the problem is reported at the owner. */
function typeOf(
  check: Check,
  value: unknown,
  known: ReadonlyMap<string, unknown>,
  { ownerId, what }: { readonly ownerId: string; readonly what: string },
): { readonly node: RawNode; readonly type: string } | undefined {
  if (!isRawNode(value)) {
    const isValue = what === 'an expression' && isScalar(value)
    const fix = isValue ? `Write {"type": "literal", "value": ${JSON.stringify(value)}}.` : undefined
    report(check, ownerId, `${what} must be an object`, { fix })
    return undefined
  }
  const type = value.type
  if (typeof type === 'string' && known.has(type)) return { node: value, type }
  const spelled = typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : 'missing or not a text'
  const message = `${what} has an unknown type (${spelled}); it is one of ${[...known.keys()].join(', ')}`
  report(check, ownerId, message, { fix: guess(type, [...known.keys()]) })
  return undefined
}

export function checkCondition(check: Check, value: unknown, place: Place): void {
  const found = typeOf(check, value, CONDITION_KEYS, { ownerId: place.ownerId, what: 'a condition' })
  if (!found) return
  const { node, type } = found
  const id = identify(check, node, place.ownerId, `${type}.${place.index}`)
  if (!countNode(check, id) || !checkDepth(check, id, place.depth)) return
  if (type === 'literal' || type === 'field') {
    checkExpression(check, node, place)
    return
  }
  const rule = CONDITION_KEYS.get(type)
  if (rule) checkKeys(check, node, id, rule)
  if (type === 'compare') checkCompare(check, node, below(place, id, 0))
  else if (type === 'not') checkAt(check, node, 'arg', (arg) => checkCondition(check, arg, below(place, id, 0)))
  else checkJunction(check, node, below(place, id, 0))
}

/** Comparison operators of other languages. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['=', '=='],
  ['===', '=='],
  ['!==', '!='],
  ['<>', '!='],
  ['=>', '>='],
  ['=<', '<='],
])

function checkCompare(check: Check, node: RawNode, operands: Place): void {
  checkAt(check, node, 'op', (op) => {
    if (isCompareOp(op)) return
    const meant = typeof op === 'string' ? SPELLINGS.get(op) : undefined
    const fix = meant === undefined ? undefined : `Did you mean ${meant}?`
    report(check, operands.ownerId, `op must be one of ${COMPARE_OPS.join(' ')}`, { fix })
  })
  checkOperands(check, node, operands)
}

function checkOperands(check: Check, node: RawNode, operands: Place): void {
  checkAt(check, node, 'left', (left) => checkExpression(check, left, operands))
  checkAt(check, node, 'right', (right) => checkExpression(check, right, { ...operands, index: 1 }))
}

function checkJunction(check: Check, node: RawNode, arg: Place): void {
  checkAt(check, node, 'args', (args) => {
    if (!Array.isArray(args) || args.length === 0) report(check, arg.ownerId, 'args must be a non-empty array')
    else forEachElement(check, args, (each, index) => checkCondition(check, each, { ...arg, index }))
  })
}

/** Runs `body` on an existing entry. A missing entry has already been reported. */
function checkAt(check: Check, node: RawNode, key: string, body: (value: unknown) => void): void {
  if (Object.hasOwn(node, key)) within(check, key, () => body(node[key]))
}

export function checkExpression(check: Check, value: unknown, place: Place): void {
  const found = typeOf(check, value, EXPRESSION_KEYS, { ownerId: place.ownerId, what: 'an expression' })
  if (!found) return
  const { node, type } = found
  const id = identify(check, node, place.ownerId, `${type}.${place.index}`)
  if (!countNode(check, id) || !checkDepth(check, id, place.depth)) return
  const rule = EXPRESSION_KEYS.get(type)
  if (rule) checkKeys(check, node, id, rule)
  if (type === 'literal') checkLiteral(check, node, id)
  else if (type === 'field') checkField(check, node, id, place.section)
  else if (type === 'arith') checkArith(check, node, below(place, id, 0))
  else checkCall(check, node, below(place, id, 0))
}

const FIELD_PATHS: readonly string[] = [...EVENT_FIELDS, ...ANALYTICS_FIELDS, ...PARENT_FIELDS]

function checkLiteral(check: Check, node: RawNode, id: string): void {
  checkAt(check, node, 'value', (value) => {
    if (!isScalar(value)) report(check, id, 'value must be a text, a finite number, true, false or null')
  })
}

function checkField(check: Check, node: RawNode, id: string, section: Section): void {
  checkAt(check, node, 'path', (path) => {
    if (typeof path !== 'string' || path === '') report(check, id, 'path must be a non-empty text')
    else if (!isKnownPath(path)) {
      report(check, id, `there is no field ${JSON.stringify(path.slice(0, 80))}`, {
        code: 'DSL_FIELD_PATH_NOT_ALLOWED',
        params: { nodeId: id, path },
        fix: guess(path, FIELD_PATHS),
      })
    } else if (isParentField(path) && section !== 'post') {
      report(check, id, `${path} is known in post_rules alone`, {
        code: 'DSL_PARENT_FIELD_OUTSIDE_POST',
        params: { nodeId: id, path, context: section },
      })
    }
  })
}

function checkArith(check: Check, node: RawNode, operands: Place): void {
  checkAt(check, node, 'op', (op) => {
    if (isArithOp(op)) return
    report(check, operands.ownerId, `op must be one of ${ARITH_OPS.join(' ')}`, {
      code: 'DSL_ARITH_OP_NOT_ALLOWED',
      params: { nodeId: operands.ownerId, op: toParam(op) },
    })
  })
  checkOperands(check, node, operands)
}

function checkCall(check: Check, node: RawNode, arg: Place): void {
  const nodeId = arg.ownerId
  const name = node.name
  const expected = arityOf(name)
  checkAt(check, node, 'name', () => {
    if (expected !== undefined) return
    report(check, nodeId, 'name must be int or clamp', {
      code: 'DSL_FUNC_NAME_NOT_ALLOWED',
      params: { nodeId, name: toParam(name) },
    })
  })
  checkAt(check, node, 'args', (args) => {
    const actual = Array.isArray(args) ? args.length : 'non-list'
    if (expected !== undefined && actual !== expected) {
      report(check, nodeId, `${String(name)} takes an array of ${expected} arguments, not ${actual}`, {
        code: 'DSL_FUNC_ARITY_MISMATCH',
        params: { nodeId, name: toParam(name), expected, actual },
      })
    }
    if (!Array.isArray(args)) return
    forEachElement(check, args, (each, index) => checkExpression(check, each, { ...arg, index }))
  })
}

export function checkStatement(check: Check, value: unknown, place: Place): void {
  const found = typeOf(check, value, STATEMENT_KEYS, { ownerId: place.ownerId, what: 'a statement' })
  if (!found) return
  const { node, type } = found
  const id = identify(check, node, place.ownerId, `${type}.${place.index}`)
  if (!isAllowedIn(place.section, type)) {
    const name = place.section === 'rule' || place.section === 'default' ? place.section : `${place.section}_rules`
    report(check, id, `${type} has no place in ${name}; allowed there: ${listAllowedIn(place.section)}`)
  }
  if (!countNode(check, id) || !checkDepth(check, id, place.depth)) return
  const rule = STATEMENT_KEYS.get(type)
  if (rule) checkKeys(check, node, id, rule)
  const checkValue = () => checkAt(check, node, 'value', (each) => checkExpression(check, each, below(place, id, 0)))
  if (type === 'assign_points') checkValue()
  if (type === 'assign_points' || type === 'veto') checkCaseName(check, node, id)
  else checkKey(check, node, { id, type })
  if (type !== 'assign_points') checkValue()
}

function checkCaseName(check: Check, node: RawNode, id: string): void {
  checkAt(check, node, 'case_name', (name) => {
    if (!isCaseName(name)) report(check, id, 'case_name must be 1 to 200 characters of plain ASCII')
  })
}

function checkKey(check: Check, node: RawNode, { id, type }: { readonly id: string; readonly type: string }): void {
  if (type !== 'set_data' && type !== 'set_callback_data') return
  checkAt(check, node, 'key', (key) => {
    if (typeof key !== 'string' || key === '') report(check, id, 'key must be a non-empty text')
    else if (type === 'set_data' && !isDataKey(key)) report(check, id, 'key must be letters, digits and _ alone')
  })
}
