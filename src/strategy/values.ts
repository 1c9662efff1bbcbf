// The semantics of values: truth, equality, order, arithmetic, int and clamp. Both engines call these functions, so the
// semantics are the same; each may handle the most common case (two numbers) itself. Contract: section 4.7 of the
// language.
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { ARITH_OPS, COMPARE_OPS } from '../protocol/strategy.ts'
import { compareByCodePoint } from './code-points.ts'
import { DslError, kindOf, wordFor } from './errors.ts'
import { MAX_TEXT, type Meter } from './limits.ts'
import { EMPTY_OBJECT } from './snapshot.ts'

export type CompareOp = (typeof COMPARE_OPS)[number]
export type ArithOp = (typeof ARITH_OPS)[number]

/** Number of characters that count as one unit of work. */
const TEXT_UNIT = 256
/** Number of characters compared at once while two texts agree. */
const CHUNK = 8192

/**
 * Null, false, zero, empty text, empty array and empty object are false; everything else is true. Containers must come
 * from a snapshot, which represents every empty object by the same one.
 */
export function isTruthy(value: JsonValue): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'object') {
    if (value === null) return false
    return Array.isArray(value) ? value.length > 0 : value !== EMPTY_OBJECT
  }
  return value !== 0 && value !== ''
}

/** A number, or a boolean converted to one; undefined for everything else. */
function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'boolean' ? (value ? 1 : 0) : undefined
}

/** Equality; never fails. Booleans compare as numbers, containers by content. */
export function isEqual(left: JsonValue, right: JsonValue, meter: Meter): boolean {
  const x = numberOf(left)
  if (x !== undefined) return x === numberOf(right)
  if (typeof left === 'string') return typeof right === 'string' && areEqualTexts(left, right, meter)
  if (left === null || right === null) return left === right
  if (Array.isArray(left)) return Array.isArray(right) && areEqualArrays(left, right, meter)
  return isObject(left) && isObject(right) && areEqualObjects(left, right, meter)
}

function areEqualTexts(left: string, right: string, meter: Meter): boolean {
  if (left.length !== right.length) return false
  if (left.length > TEXT_UNIT) meter.spend(Math.ceil(left.length / TEXT_UNIT))
  return left === right
}

function areEqualArrays(left: readonly JsonValue[], right: readonly JsonValue[], meter: Meter): boolean {
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) {
    meter.spend(1)
    if (!isEqual(left[i] ?? null, right[i] ?? null, meter)) return false
  }
  return true
}

function areEqualObjects(left: JsonObject, right: JsonObject, meter: Meter): boolean {
  const keys = meter.keysOf(left)
  if (keys.length !== meter.keysOf(right).length) return false
  for (const key of keys) {
    meter.spend(1)
    if (!Object.hasOwn(right, key)) return false
    if (!isEqual(left[key] ?? null, right[key] ?? null, meter)) return false
  }
  return true
}

/** Negative, zero or positive: `left` sorts before, with or after `right` by code point. */
function compareTexts(left: string, right: string, meter: Meter): number {
  const shorter = Math.min(left.length, right.length)
  let at = 0
  while (at < shorter) {
    const end = Math.min(at + CHUNK, shorter)
    if (shorter > TEXT_UNIT) meter.spend(Math.ceil((end - at) / TEXT_UNIT))
    if (left.slice(at, end) !== right.slice(at, end)) break
    at = end
  }
  return compareByCodePoint(left, right, at)
}

/**
 * `left op right` for an ordering operator.
 * @returns undefined if the two types have no order
 */
function isOrdered(op: CompareOp, left: JsonValue, right: JsonValue, meter: Meter): boolean | undefined {
  const x = numberOf(left)
  const y = numberOf(right)
  if (x !== undefined && y !== undefined) return holds(op, x, y)
  if (typeof left === 'string' && typeof right === 'string') return holds(op, compareTexts(left, right, meter), 0)
  return undefined
}

function holds(op: CompareOp, x: number, y: number): boolean {
  switch (op) {
    case '<':
      return x < y
    case '<=':
      return x <= y
    case '==':
      return x === y
    case '!=':
      return x !== y
    case '>=':
      return x >= y
    case '>':
      return x > y
  }
}

/**
 * `left op right`, on behalf of the node that `meter` names.
 * @throws DslError DSL_COMPARE_TYPE_MISMATCH when the two have no order
 */
export function compare(op: CompareOp, left: JsonValue, right: JsonValue, meter: Meter): boolean {
  if (op === '==') return isEqual(left, right, meter)
  if (op === '!=') return !isEqual(left, right, meter)
  const result = isOrdered(op, left, right, meter)
  if (result !== undefined) return result
  throw mismatch('DSL_COMPARE_TYPE_MISMATCH', op, [left, right], meter)
}

function mismatch(
  code: 'DSL_COMPARE_TYPE_MISMATCH' | 'DSL_ARITH_TYPE_MISMATCH',
  op: CompareOp | ArithOp,
  [left, right]: readonly [JsonValue, JsonValue],
  { nodeId }: Meter,
): DslError {
  const leftType = kindOf(left)
  const rightType = kindOf(right)
  const message = `${op} cannot take ${wordFor(left)} and ${wordFor(right)}`
  return new DslError('DslExecutionError', message, { code, nodeId, params: { nodeId, op, leftType, rightType } })
}

function overflow(op: ArithOp, message: string, { nodeId }: Meter): DslError {
  return new DslError('DslExecutionError', message, { code: 'DSL_ARITH_OVERFLOW', nodeId, params: { nodeId, op } })
}

/**
 * `left op right`, on behalf of the node that `meter` names. A zero result has no sign.
 * @throws DslError DSL_ARITH_TYPE_MISMATCH, DSL_ARITH_DIV_BY_ZERO, or DSL_ARITH_OVERFLOW for results that are not
 * finite and for texts longer than MAX_TEXT
 */
export function calculate(op: ArithOp, left: JsonValue, right: JsonValue, meter: Meter): JsonValue {
  if (op === 'min' || op === 'max') {
    const takesRight = op === 'min' ? isOrdered('<', right, left, meter) : isOrdered('>', right, left, meter)
    if (takesRight === undefined) throw mismatch('DSL_ARITH_TYPE_MISMATCH', op, [left, right], meter)
    return takesRight ? right : left
  }
  if (op === '+' && typeof left === 'string' && typeof right === 'string') return join(left, right, meter)
  const x = numberOf(left)
  const y = numberOf(right)
  if (x === undefined || y === undefined) throw mismatch('DSL_ARITH_TYPE_MISMATCH', op, [left, right], meter)
  return finiteResult(op, x, y, meter)
}

/** `left op right` of two numbers in the simple case; undefined: call `calculate`. */
export function calculateNumbers(op: ArithOp, left: JsonValue, right: JsonValue): number | undefined {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined
  if (op === 'min' || op === 'max') return (op === 'min' ? right < left : right > left) ? right : left
  const result = resultOf(op, left, right)
  return Number.isFinite(result) ? result + 0 : undefined
}

function resultOf(op: '+' | '-' | '*' | '/', x: number, y: number): number {
  return op === '+' ? x + y : op === '-' ? x - y : op === '*' ? x * y : x / y
}

/** `left op right` of two numbers; undefined: call `compare`. */
export function compareNumbers(op: CompareOp, left: JsonValue, right: JsonValue): boolean | undefined {
  return typeof left === 'number' && typeof right === 'number' ? holds(op, left, right) : undefined
}

function join(left: string, right: string, meter: Meter): string {
  const length = left.length + right.length
  if (length > MAX_TEXT) throw overflow('+', `the joined text would have ${length} characters`, meter)
  return left + right
}

function finiteResult(op: '+' | '-' | '*' | '/', x: number, y: number, meter: Meter): number {
  if (op === '/' && y === 0) {
    const { nodeId } = meter
    throw new DslError('DslExecutionError', 'division by zero', {
      code: 'DSL_ARITH_DIV_BY_ZERO',
      nodeId,
      params: { nodeId, op },
    })
  }
  const result = resultOf(op, x, y)
  if (!Number.isFinite(result)) throw overflow(op, `the result of ${op} is not a finite number`, meter)
  return result === 0 ? 0 : result
}

/** Optional ASCII white space, sign, digits with single underscores between them, white space. */
const INTEGER = /^[\t-\r ]*([+-]?[0-9]+(?:_[0-9]+)*)[\t-\r ]*$/

/**
 * `int(value)`: truncated toward zero; booleans are 0 and 1; text is parsed.
 * @throws DslError DslExecutionError without code for everything else
 */
export function toInteger(value: JsonValue, { nodeId }: Meter): number {
  const number = typeof value === 'string' ? parseInteger(value) : numberOf(value)
  if (number !== undefined && Number.isFinite(number)) {
    const whole = Math.trunc(number)
    return whole === 0 ? 0 : whole
  }
  throw new DslError('DslExecutionError', `int cannot read ${wordFor(value)}: it takes a finite number or its text`, {
    nodeId,
  })
}

function parseInteger(text: string): number | undefined {
  if (text.length > MAX_TEXT) return undefined
  const digits = INTEGER.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits.replaceAll('_', ''))
}

/**
 * `clamp(value, low, high)`. Operands come back unchanged in kind; ties prefer the value over `high` and `low` over
 * the value; `low > high` yields `low`.
 * @throws DslError DslExecutionError without code when the three have no order
 */
export function clamp([value, low, high]: readonly [JsonValue, JsonValue, JsonValue], meter: Meter): JsonValue {
  const isAbove = isOrdered('<', high, value, meter)
  const capped = isAbove ? high : value
  const isWithin = isAbove === undefined ? undefined : isOrdered('<', low, capped, meter)
  if (isWithin !== undefined) return isWithin ? capped : low
  const kinds = [value, low, high].map(wordFor).join(', ')
  throw new DslError('DslExecutionError', `clamp cannot order ${kinds}`, { nodeId: meter.nodeId })
}
