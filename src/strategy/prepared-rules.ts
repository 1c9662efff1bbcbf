// Closures of conditions, statements, rules and whole sections. The cascade of a rule and the effect of each statement
// are those of walk.ts, without the trace.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { isCompareOp } from './grammar.ts'
import { type Build, buildPieces, giveUp, openNode, toList, toNode, toText } from './prepared-build.ts'
import type { Act, Test } from './prepared-run.ts'
import { buildExpression, buildOperands } from './prepared-values.ts'
import { assignPoints, setCallbackData, setCaseName, setData, setPoints, veto } from './run-state.ts'
import { type CompareOp, compare, isTruthy } from './values.ts'

function buildCondition(build: Build, node: JsonObject, depth: number): Test {
  const id = openNode(build, node, depth)
  switch (node.type) {
    case 'compare':
      return buildCompare(build, node, { id, depth })
    case 'and':
    case 'or': {
      const tests = buildPieces(build, toList(node.args), (each) => buildCondition(build, each, depth + 1))
      return node.type === 'and' ? all(tests) : any(tests)
    }
    case 'not': {
      const test = buildCondition(build, toNode(node.arg), depth + 1)
      return (run) => !test(run)
    }
    case 'literal':
    case 'field': {
      const value = buildExpression(build, node, depth)
      return (run) => isTruthy(value(run))
    }
    default:
      return giveUp()
  }
}

const NUMBERS: Readonly<Record<CompareOp, (x: number, y: number) => boolean>> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
  '>=': (x, y) => x >= y,
  '>': (x, y) => x > y,
}

function buildCompare(build: Build, node: JsonObject, { id, depth }: { id: string; depth: number }): Test {
  const { op } = node
  if (!isCompareOp(op)) return giveUp()
  const [left, right] = buildOperands(build, node, depth)
  const holds = NUMBERS[op]
  return (run) => {
    const x = left(run)
    const y = right(run)
    return typeof x === 'number' && typeof y === 'number' ? holds(x, y) : compare(op, x, y, run.meterAt(id))
  }
}

function all(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (tests.length === 2 && first && second) return (run) => first(run) && second(run)
  return (run) => {
    for (const test of tests) if (!test(run)) return false
    return true
  }
}

function any(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (tests.length === 2 && first && second) return (run) => first(run) || second(run)
  return (run) => {
    for (const test of tests) if (test(run)) return true
    return false
  }
}

const GO_ON = false
const HALT = true

function buildStatement(build: Build, node: JsonObject, depth: number): Act {
  const id = openNode(build, node, depth)
  if (node.type === 'return') return () => HALT
  if (node.type === 'veto') {
    const caseName = toText(node.case_name)
    return (run) => {
      veto(run, caseName)
      return HALT
    }
  }
  return buildEffect(build, node, { id, depth })
}

function buildEffect(build: Build, node: JsonObject, { id, depth }: { id: string; depth: number }): Act {
  const value = buildExpression(build, toNode(node.value), depth + 1)
  switch (node.type) {
    case 'assign_points': {
      const site = { nodeId: id, caseName: toText(node.case_name) }
      return (run) => {
        assignPoints(run, value(run), site)
        return HALT
      }
    }
    case 'set_points':
      return (run) => {
        setPoints(run, value(run), id)
        return GO_ON
      }
    case 'set_case_name':
      return (run) => {
        setCaseName(run, value(run), id)
        return GO_ON
      }
    case 'set_data':
    case 'set_callback_data': {
      const key = toText(node.key)
      const store = node.type === 'set_data' ? setData : setCallbackData
      return (run) => {
        store(run, key, value(run))
        return GO_ON
      }
    }
    default:
      return giveUp()
  }
}

function buildBody(build: Build, body: JsonValue | undefined): Act {
  const acts = buildPieces(build, toList(body), (each) => buildStatement(build, each, 2))
  const [only] = acts
  if (acts.length === 1 && only) return only
  return (run) => {
    for (const act of acts) if (act(run)) return HALT
    return GO_ON
  }
}

interface Choice {
  readonly test: Test
  readonly act: Act
}

function buildRule(build: Build, rule: JsonObject): Act {
  openNode(build, rule, 1)
  const first: Choice = { test: buildCondition(build, toNode(rule.when), 2), act: buildBody(build, rule.then) }
  const branches = isAbsent(rule.else_if)
    ? []
    : Array.from(toList(rule.else_if), (branch) => buildBranch(build, branch))
  const otherwise = isAbsent(rule.else) ? undefined : buildBody(build, rule.else)
  if (branches.length === 0 && !otherwise) {
    const { test, act } = first
    return (run) => (test(run) ? act(run) : GO_ON)
  }
  const choices = [first, ...branches]
  return (run) => {
    for (const { test, act } of choices) if (test(run)) return act(run)
    return otherwise ? otherwise(run) : GO_ON
  }
}

const isAbsent = (value: JsonValue | undefined): boolean => value === undefined || value === null

function buildBranch(build: Build, value: JsonValue): Choice {
  const branch = toNode(value)
  build.count++
  return { test: buildCondition(build, toNode(branch.when), 2), act: buildBody(build, branch.then) }
}

/** A section of a program, processed by one run. */
export interface PreparedSection {
  readonly rules: readonly Act[]
  /** Runs if nothing has matched and nothing has halted. */
  readonly fallback: Act | undefined
  /** Maximum steps of a run. */
  readonly nodes: number
  /** Deepest node. */
  readonly depth: number
}

/**
 * Builds a list of rules.
 * @param fallback the program's default statement, if the section has one
 */
export function buildSection(
  { layout, limits }: Pick<Build, 'layout' | 'limits'>,
  rules: JsonValue | undefined,
  fallback: JsonValue | undefined,
): PreparedSection {
  // The program itself counts as the first step.
  const build: Build = { layout, limits, count: 1, depth: 0 }
  const acts = isAbsent(rules) ? [] : buildPieces(build, toList(rules), (each) => buildRule(build, each))
  const act = isAbsent(fallback) ? undefined : buildStatement(build, toNode(fallback), 1)
  return { rules: acts, fallback: act, nodes: build.count, depth: build.depth }
}
