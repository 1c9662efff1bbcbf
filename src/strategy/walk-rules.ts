// Programs, rules and statements in the machine of walk.ts: which part of a program runs, the cascade of a rule, and
// the effect of each statement. Contract: sections 4.2 to 4.4 and 4.8 of the language.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { DslError } from './errors.ts'
import { toParam } from './params.ts'
import { assignPoints, setCallbackData, setCaseName, setData, setPoints, veto } from './run-state.ts'
import { isTruthy } from './values.ts'
import {
  countNode,
  countStep,
  FRAME,
  type Frame,
  finish,
  idOf,
  type List,
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

/** Counts the program, and schedules the parts that the mode of the walk runs. */
export function enterProgram(walk: Walk, program: JsonObject): void {
  const { mode } = walk
  countStep(walk, program)
  if (mode === 'full') {
    waitAt(walk, FRAME.fallback, program, NOTHING)
    waitAt(walk, FRAME.rules, program, toList(program.rules, program, 'rules'))
  } else if (mode === 'pre') {
    waitAt(walk, FRAME.rules, program, optionalList(program.pre_rules, program, 'pre_rules'))
  } else {
    waitAt(walk, FRAME.rules, program, optionalList(program.post_rules, program, 'post_rules'))
  }
}

function optionalList(value: JsonValue | undefined, owner: JsonObject, name: string): List {
  return value === undefined || value === null ? NOTHING : toList(value, owner, name)
}

export function resumeRules(walk: Walk, frame: Frame): void {
  const { list } = frame
  if (frame.index === list.length) {
    walk.frame = frame.below
    return
  }
  const rule = toNode(list[frame.index], frame.node, 'a rule')
  frame.index++
  countNode(walk, rule, 1)
  waitAt(walk, FRAME.choice, rule, optionalList(rule.else_if, rule, 'else_if'))
  visit(walk, TASK.condition, toNode(rule.when, rule, 'when'), 2)
}

/** Index 0 waits for the rule's own condition, index i + 1 for the condition of branch i. */
export function resumeChoice(walk: Walk, frame: Frame): void {
  const { node: rule, list: branches, index } = frame
  if (isTruthy(walk.value)) {
    walk.frame = frame.below
    const owner = index === 0 ? rule : toNode(branches[index - 1], rule, 'a branch')
    noteBranch(walk, rule, { type: 'rule', value: true }, index === 0 ? 'match' : `elseif:${index - 1}`)
    waitAt(walk, FRAME.body, owner, toList(owner.then, owner, 'then'))
    return
  }
  if (index === branches.length) {
    walk.frame = frame.below
    enterElse(walk, rule)
    return
  }
  frame.index++
  const branch = toNode(branches[index], rule, 'a branch')
  countStep(walk, branch)
  visit(walk, TASK.condition, toNode(branch.when, branch, 'when'), 2)
}

function enterElse(walk: Walk, rule: JsonObject): void {
  const body = optionalList(rule.else, rule, 'else')
  noteBranch(walk, rule, { type: 'rule', value: false }, body.length === 0 ? 'skip' : 'else')
  if (body.length > 0) waitAt(walk, FRAME.body, rule, body)
}

export function resumeBody(walk: Walk, frame: Frame): void {
  if (frame.index === frame.list.length) {
    walk.frame = frame.below
    return
  }
  const statement = toNode(frame.list[frame.index], frame.node, 'a statement')
  frame.index++
  visit(walk, TASK.statement, statement, 2)
}

/** The default statement, if nothing has matched. */
export function resumeFallback(walk: Walk, frame: Frame): void {
  const program = frame.node
  walk.frame = frame.below
  const statement = program.default ?? null
  if (statement === null || walk.state.isMatched) return
  visit(walk, TASK.statement, toNode(statement, program, 'default'), 1)
}

export function enterStatement(walk: Walk, node: JsonObject, depth: number): void {
  countNode(walk, node, depth)
  switch (node.type) {
    case 'assign_points':
    case 'set_callback_data':
    case 'set_data':
    case 'set_points':
    case 'set_case_name':
      waitAt(walk, FRAME.effect, node, NOTHING)
      visit(walk, TASK.expression, toNode(node.value, node, 'value'), depth + 1)
      break
    case 'veto': {
      const caseName = toText(node.case_name, node, 'case_name')
      veto(walk.state, caseName)
      halt(walk, node, { type: 'veto', value: caseName }, 'veto')
      break
    }
    case 'return':
      halt(walk, node, { type: 'return', value: null }, 'halt')
      break
    default:
      throw unknownStatement(node)
  }
}

function unknownStatement(node: JsonObject): DslError {
  const nodeId = idOf(node)
  const params = { nodeId, nodeType: toParam(node.type) }
  const message = 'a statement of an unknown type'
  return new DslError('DslValidationError', message, { code: 'DSL_UNKNOWN_STATEMENT', nodeId, params })
}

/** Ends the whole run. */
function halt(walk: Walk, node: JsonObject, entry: { type: string; value: JsonValue }, branch: string): void {
  noteBranch(walk, node, entry, branch)
  walk.frame = undefined
  walk.task = TASK.handOver
}

/** Resumes a statement once its value is available. */
export function resumeEffect(walk: Walk, frame: Frame): void {
  const { node } = frame
  const { state, value } = walk
  const nodeId = idOf(node)
  walk.frame = frame.below
  switch (node.type) {
    case 'assign_points':
      assignPoints(state, value, { nodeId, caseName: toText(node.case_name, node, 'case_name') })
      halt(walk, node, { type: 'assign_points', value }, 'match')
      break
    case 'set_points':
      setPoints(state, value, nodeId)
      finish(walk, node, 'set_points', value)
      break
    case 'set_case_name':
      setCaseName(state, value, nodeId)
      finish(walk, node, 'set_case_name', value)
      break
    case 'set_data':
      setData(state, toText(node.key, node, 'key'), value)
      finish(walk, node, 'set_data', value)
      break
    default:
      setCallbackData(state, toText(node.key, node, 'key'), value)
      finish(walk, node, 'set_callback_data', value)
  }
}
