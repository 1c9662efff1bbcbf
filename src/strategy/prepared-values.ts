// Closures of expressions. The meaning of a node is resolved while it is built, so that a run only makes calls. Two
// numbers, the common case, are handled inline; everything else goes to values.ts, the only place that defines the
// semantics of values.
import type { JsonObject } from '../protocol/json.ts'
import { arityOf, isArithOp, isScalar } from './grammar.ts'
import { type Build, buildPieces, giveUp, openNode, toList, toText } from './prepared-build.ts'
import type { Evaluate } from './prepared-run.ts'
import { notPrecomputed } from './run-state.ts'
import { type ArithOp, calculate, clamp, toInteger } from './values.ts'

export function buildExpression(build: Build, node: JsonObject, depth: number): Evaluate {
  const id = openNode(build, node, depth)
  switch (node.type) {
    case 'literal':
      return buildLiteral(node)
    case 'field':
      return buildField(build, node, id)
    case 'arith':
      return buildArith(build, node, { id, depth })
    case 'func_call':
      return buildCall(build, node, { id, depth })
    default:
      return giveUp()
  }
}

function buildLiteral({ value }: JsonObject): Evaluate {
  if (!isScalar(value)) return giveUp()
  const constant = value === 0 ? 0 : value
  return () => constant
}

function buildField(build: Build, node: JsonObject, id: string): Evaluate {
  const path = toText(node.path)
  const index = build.layout.indexOf(path) ?? giveUp()
  return (run) => {
    const value = run.values[index]
    if (value === undefined) throw notPrecomputed(id, path)
    return value
  }
}

interface Place {
  readonly id: string
  readonly depth: number
}

/** Both operands of a node, left first. */
export function buildOperands(build: Build, node: JsonObject, depth: number): readonly [Evaluate, Evaluate] {
  const operands = [node.left ?? null, node.right ?? null]
  const [left, right] = buildPieces(build, operands, (each) => buildExpression(build, each, depth + 1))
  return [left ?? giveUp(), right ?? giveUp()]
}

function buildArith(build: Build, node: JsonObject, { id, depth }: Place): Evaluate {
  const { op } = node
  if (!isArithOp(op)) return giveUp()
  const [left, right] = buildOperands(build, node, depth)
  return ARITHMETIC[op]({ id, left, right })
}

/** Not Math.min or Math.max: they return NaN if any operand is NaN, where the language keeps the left operand. */
const pick = (isFirst: boolean, first: number, second: number): number => (isFirst ? first : second)

interface Arithmetic {
  readonly id: string
  readonly left: Evaluate
  readonly right: Evaluate
}

/**
 * Adding 0 removes the sign of a zero. Results that are not finite, and operands that are not numbers, take the slow
 * path, which reports the right error.
 */
const ARITHMETIC: Readonly<Record<ArithOp, (site: Arithmetic) => Evaluate>> = {
  '+': ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') {
        const result = x + y
        if (Number.isFinite(result)) return result + 0
      }
      return calculate('+', x, y, run.meterAt(id))
    }
  },
  '-': ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') {
        const result = x - y
        if (Number.isFinite(result)) return result + 0
      }
      return calculate('-', x, y, run.meterAt(id))
    }
  },
  '*': ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') {
        const result = x * y
        if (Number.isFinite(result)) return result + 0
      }
      return calculate('*', x, y, run.meterAt(id))
    }
  },
  '/': ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') {
        const result = x / y
        if (Number.isFinite(result)) return result + 0
      }
      return calculate('/', x, y, run.meterAt(id))
    }
  },
  min: ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') return pick(y < x, y, x)
      return calculate('min', x, y, run.meterAt(id))
    }
  },
  max: ({ id, left, right }) => {
    return (run) => {
      const x = left(run)
      const y = right(run)
      if (typeof x === 'number' && typeof y === 'number') return pick(y > x, y, x)
      return calculate('max', x, y, run.meterAt(id))
    }
  },
}

function buildCall(build: Build, node: JsonObject, { id, depth }: Place): Evaluate {
  const list = toList(node.args)
  if (list.length !== arityOf(node.name)) return giveUp()
  const args = buildPieces(build, list, (each) => buildExpression(build, each, depth + 1))
  const [value, low, high] = args
  if (value === undefined) return giveUp()
  if (node.name === 'int') return (run) => toInteger(value(run), run.meterAt(id))
  if (low === undefined || high === undefined) return giveUp()
  return (run) => clampValues(run, id, [value(run), low(run), high(run)])
}

type Three = Parameters<typeof clamp>[0]

function clampValues(run: Parameters<Evaluate>[0], id: string, three: Three): ReturnType<Evaluate> {
  const [v, lo, hi] = three
  if (typeof v === 'number' && typeof lo === 'number' && typeof hi === 'number') {
    const capped = pick(hi < v, hi, v)
    return pick(lo < capped, capped, lo)
  }
  return clamp(three, run.meterAt(id))
}
