// The state of one validation: counters, the current place in the tree, and how to handle a problem. Strict checks
// throw the first problem; listing checks collect all problems. Both walk the tree in the same way.
import { closestOf } from '../kernel/closest.ts'
import type { JsonObject } from '../protocol/json.ts'
import { type DslCode, DslError } from './errors.ts'
import type { KeyRule, RawNode } from './grammar.ts'
import { MAX_GENERATED_ID, type StrategyLimits } from './limits.ts'

/** A location in a program: keys and indexes from the root. */
export type ProgramPath = readonly (string | number)[]

/** One thing that is wrong with a program. */
export interface ProgramProblem {
  readonly code: DslCode | null
  readonly message: string
  readonly nodeId: string | null
  readonly params: JsonObject | null
  readonly path: ProgramPath
  /** True if the last step of the path is a key that is not allowed there. */
  readonly isKey: boolean
  /** The suggested replacement, if there is a good guess. */
  readonly fix: string | null
}

/** Maximum number of problems in one list. */
const MAX_PROBLEMS = 100

export interface Check {
  readonly limits: StrategyLimits
  /** Undefined: throw the first problem. */
  readonly problems: ProgramProblem[] | undefined
  /** Called with every id that is filled in. */
  readonly onId: ((path: ProgramPath, id: string) => void) | undefined
  readonly path: (string | number)[]
  count: number
  /** True once further checks are pointless. */
  isDone: boolean
}

interface ProblemOptions {
  readonly code?: DslCode
  readonly params?: JsonObject
  readonly isKey?: boolean
  readonly fix?: string | undefined
}

/** `Did you mean x?`, if one of the known names is close. */
export function guess(name: unknown, known: readonly string[]): string | undefined {
  const closest = typeof name === 'string' ? closestOf(name, known) : undefined
  return closest === undefined ? undefined : `Did you mean ${closest}?`
}

/** Reports a problem at the current path. Returns only when problems are collected. */
export function report(check: Check, nodeId: string | null, message: string, options: ProblemOptions = {}): void {
  const { code, params } = options
  if (!check.problems) {
    throw new DslError('DslValidationError', message, {
      nodeId,
      ...(code === undefined ? {} : { code }),
      ...(params === undefined ? {} : { params }),
    })
  }
  check.problems.push({
    code: code ?? null,
    message,
    nodeId,
    params: params ?? null,
    path: [...check.path],
    isKey: options.isKey ?? false,
    fix: options.fix ?? null,
  })
  if (check.problems.length >= MAX_PROBLEMS) check.isDone = true
}

/** Runs `body` one step further down the tree. */
export function within(check: Check, step: string | number, body: () => void): void {
  check.path.push(step)
  body()
  check.path.pop()
}

/** Runs `body` for every element of the list at the current path. */
export function forEachElement(
  check: Check,
  list: readonly unknown[],
  body: (element: unknown, index: number) => void,
): void {
  for (let i = 0; i < list.length && !check.isDone; i++) {
    check.path.push(i)
    body(list[i], i)
    check.path.pop()
  }
}

/**
 * The node's own id; if it has none, one made of its parent's id, its kind and its index, which is written into the
 * node.
 */
export function identify(check: Check, node: RawNode, parentId: string, suffix: string): string {
  const own = node.id
  if (typeof own === 'string' && own !== '') return own
  const made = `${parentId}.${suffix}`
  if (made.length > MAX_GENERATED_ID) {
    report(check, parentId, `ids made from this one would be longer than ${MAX_GENERATED_ID} characters: shorten it`)
    return made
  }
  if (!Reflect.set(node, 'id', made)) report(check, parentId, 'a node without id is frozen: validate a copy of it')
  check.onId?.(check.path, made)
  return made
}

/** Counts a node. False: there are too many, and this one must be skipped. */
export function countNode(check: Check, nodeId: string): boolean {
  if (check.isDone) return false
  check.count++
  if (check.count <= check.limits.maxNodes) return true
  report(check, nodeId, `the program has more than ${check.limits.maxNodes} nodes`)
  check.isDone = true
  return false
}

/** False: the node is nested too deeply, and its children must be skipped. */
export function checkDepth(check: Check, nodeId: string, depth: number): boolean {
  if (depth <= check.limits.maxDepth) return true
  report(check, nodeId, `the program is nested deeper than ${check.limits.maxDepth} levels`)
  return false
}

/** Reports missing keys first, in the order of the rule, then unknown ones. False: a required key is missing. */
export function checkKeys(check: Check, node: RawNode, nodeId: string, rule: KeyRule): boolean {
  const missing = rule.required.filter((key) => !Object.hasOwn(node, key))
  for (const key of missing) report(check, nodeId, `the key ${key} is missing`)
  checkUnknownKeys(check, node, nodeId, rule)
  return missing.length === 0
}

export function checkUnknownKeys(check: Check, node: RawNode, nodeId: string, rule: KeyRule): void {
  for (const key of Object.keys(node)) {
    if (check.isDone) return
    if (key === 'type' || key === 'id' || rule.required.includes(key) || rule.optional.includes(key)) continue
    const keys = [...rule.required, ...rule.optional]
    const message = `unknown key ${key}; keys here: ${keys.join(', ') || 'none'}`
    within(check, key, () => report(check, nodeId, message, { isKey: true, fix: guess(key, keys) }))
  }
}
