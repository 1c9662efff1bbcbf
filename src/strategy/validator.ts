// The validator: takes a program and returns it with ids filled in, or throws the first problem. No program runs
// without it. Conditions, expressions and statements: validate-node.ts. Contract: section 3 of the language.

import type { Program } from '../protocol/strategy.ts'
import type { Section } from '../protocol/strategy-run.ts'
import { isRawNode, isScalar, PROGRAM_KEYS, type RawNode, RULE_KEYS } from './grammar.ts'
import { DEFAULT_LIMITS, type StrategyLimits } from './limits.ts'
import {
  type Check,
  checkDepth,
  checkKeys,
  checkUnknownKeys,
  countNode,
  forEachElement,
  identify,
  type ProgramPath,
  type ProgramProblem,
  report,
  within,
} from './problems.ts'
import { checkCondition, checkStatement } from './validate-node.ts'

export interface ValidateOptions {
  readonly limits?: Partial<StrategyLimits>
  /** Called with every id that is filled in; the path is valid only during the call. */
  readonly onId?: (path: ProgramPath, id: string) => void
}

function createCheck(options: ValidateOptions, problems: ProgramProblem[] | undefined): Check {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  return { limits, problems, onId: options.onId, path: [], count: 0, isDone: false }
}

/**
 * Validates a program, and fills in missing ids: `"<parent id>.<type>.<index>"`. Nothing else in it changes,
 * and validating it again changes nothing.
 * @returns the same object
 * @throws DslError DslValidationError, the first problem found
 *
 * @example
 * import { DslError, validateProgram } from 'paracosm/strategy'
 *
 * try {
 *   validateProgram({ type: 'program', rules: [{}] })
 * } catch (error) {
 *   if (error instanceof DslError) console.log(error.code, error.message)
 * }
 */
export function validateProgram(program: unknown, options: ValidateOptions = {}): Program {
  if (isValid(program, createCheck(options, undefined))) return program
  throw new TypeError('a strict check returned')
}

export interface Inspection {
  /** In the order in which the validator finds them; empty for a valid program. At most 100. */
  readonly problems: readonly ProgramProblem[]
  /** Number of nodes, as counted for the limit. */
  readonly nodes: number
}

/**
 * Every problem of a program, not just the first. Ids are filled in as by `validateProgram`; everything below a
 * broken node is skipped.
 *
 * @example
 * import { inspectProgram } from 'paracosm/strategy'
 *
 * const { problems, nodes } = inspectProgram({ type: 'program', rules: [] })
 * console.log(nodes, problems.length)
 */
export function inspectProgram(program: unknown, options: ValidateOptions = {}): Inspection {
  const problems: ProgramProblem[] = []
  const check = createCheck(options, problems)
  checkProgram(check, program)
  return { problems, nodes: check.count }
}

function isValid(program: unknown, check: Check): program is Program {
  checkProgram(check, program)
  return true
}

function checkProgram(check: Check, program: unknown): void {
  if (!isRawNode(program)) {
    report(check, null, 'a program must be an object')
    return
  }
  const id = identify(check, program, 'p', 'program.0')
  if (!countNode(check, id)) return
  if (program.type !== 'program') report(check, id, 'the type of a program must be "program"')
  checkKeys(check, program, id, PROGRAM_KEYS)
  if (Object.hasOwn(program, 'rules')) checkRules(check, program.rules, 'rules', { id, section: 'rule' })
  if (isPresent(program.pre_rules)) {
    checkRules(check, program.pre_rules, 'pre_rules', { id, section: 'pre' })
  }
  if (isPresent(program.post_rules)) {
    checkRules(check, program.post_rules, 'post_rules', { id, section: 'post' })
  }
  if (isPresent(program.parent_variables)) checkVariables(check, program.parent_variables, id)
  const fallback = program.default
  if (!isPresent(fallback)) return
  within(check, 'default', () =>
    checkStatement(check, fallback, { section: 'default', ownerId: id, depth: 1, index: 0 }),
  )
}

const isPresent = (value: unknown): boolean => value !== null && value !== undefined

interface Owner {
  readonly id: string
  readonly section: Section
}

function checkRules(check: Check, rules: unknown, key: string, owner: Owner): void {
  within(check, key, () => {
    if (Array.isArray(rules)) forEachElement(check, rules, (rule, index) => checkRule(check, rule, { ...owner, index }))
    else report(check, owner.id, `${key} must be an array of rules`)
  })
}

function checkVariables(check: Check, variables: unknown, id: string): void {
  within(check, 'parent_variables', () => {
    if (!isRawNode(variables)) {
      report(check, id, 'parent_variables must be an object')
      return
    }
    for (const key of Object.keys(variables)) {
      if (check.isDone) return
      if (!key.startsWith('variable_')) {
        within(check, key, () => report(check, id, 'names start with variable_', { isKey: true }))
      } else if (!isScalar(variables[key])) {
        within(check, key, () => report(check, id, `${key} must be a text, a finite number, true, false or null`))
      }
    }
  })
}

function checkRule(check: Check, rule: unknown, owner: Owner & { readonly index: number }): void {
  if (!isRawNode(rule)) {
    report(check, owner.id, 'a rule must be an object')
    return
  }
  const id = identify(check, rule, owner.id, `rule.${owner.index}`)
  if (!countNode(check, id)) return
  if (rule.type !== 'rule') report(check, id, 'the type of a rule must be "rule"')
  const isWhole = checkKeys(check, rule, id, RULE_KEYS)
  if (!checkDepth(check, id, 1)) return
  const { section } = owner
  if (Object.hasOwn(rule, 'when')) checkWhen(check, rule, { id, section })
  if (isWhole || Object.hasOwn(rule, 'then')) checkBody(check, rule.then, 'then', { id, section })
  if (isPresent(rule.else_if)) checkBranches(check, rule.else_if, { id, section })
  if (isPresent(rule.else)) checkBody(check, rule.else, 'else', { id, section })
}

function checkWhen(check: Check, holder: RawNode, { id, section }: Owner): void {
  within(check, 'when', () => checkCondition(check, holder.when, { section, ownerId: id, depth: 2, index: 0 }))
}

function checkBody(check: Check, body: unknown, key: string, { id, section }: Owner): void {
  within(check, key, () => {
    if (!Array.isArray(body) || body.length === 0) {
      report(check, id, `${key} must be a non-empty array of statements`)
      return
    }
    forEachElement(check, body, (each, index) => checkStatement(check, each, { section, ownerId: id, depth: 2, index }))
  })
}

function checkBranches(check: Check, branches: unknown, { id, section }: Owner): void {
  within(check, 'else_if', () => {
    if (!Array.isArray(branches)) {
      report(check, id, 'else_if must be an array of branches')
      return
    }
    forEachElement(check, branches, (branch, index) => {
      checkBranch(check, branch, { id: `${id}.else_if.${index}`, section })
    })
  })
}

function checkBranch(check: Check, branch: unknown, owner: Owner): void {
  if (!countNode(check, owner.id)) return
  if (!isRawNode(branch)) {
    report(check, owner.id, 'a branch of else_if must be an object')
    return
  }
  if (Object.hasOwn(branch, 'type')) {
    within(check, 'type', () => report(check, owner.id, 'a branch of else_if has no type', { isKey: true }))
  }
  checkUnknownKeys(check, branch, owner.id, { required: ['when', 'then'], optional: [] })
  if (Object.hasOwn(branch, 'when')) checkWhen(check, branch, owner)
  else report(check, owner.id, 'the key when is missing')
  checkBody(check, branch.then, 'then', owner)
}
