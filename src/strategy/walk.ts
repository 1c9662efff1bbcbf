// One walk over a program: a stack of frames, a stack of values, and a trace. Each frame says what is to be done with
// one node; what has to happen later is pushed first. Entry points and their contract: interpreter.ts.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { TraceEntry } from '../protocol/strategy-run.ts'
import type { StrategyContext } from './context.ts'
import { DslError } from './errors.ts'
import { arityOf, isArithOp, isCompareOp, isScalar } from './grammar.ts'
import { CHECK_INTERVAL, DEFAULT_LIMITS, Meter, type StrategyLimits, timeoutError } from './limits.ts'
import { toParam } from './params.ts'
import {
  assignPoints,
  type ExecuteOptions,
  finishRun,
  notPrecomputed,
  type RunState,
  setCallbackData,
  setCaseName,
  setData,
  setPoints,
  startRun,
  type TracedResult,
  veto,
} from './run-state.ts'
import { calculate, clamp, compare, isTruthy, toInteger } from './values.ts'

/** What to do with a node. The first three enter it: they count, and are where a walk may stop. */
const STATEMENT = 0
const CONDITION = 1
const EXPRESSION = 2
const NOT = 3
const COMPARE = 4
const JUNCTION = 5
const ARITH = 6
const CALL = 7
const APPLY = 8
const RULES = 9
const CHOOSE = 10
const BODY = 11
const DEFAULT = 12

type List = readonly JsonValue[]

interface Frame {
  readonly task: number
  readonly node: JsonObject
  /** What RULES and BODY go through. */
  readonly list: List
  readonly index: number
  readonly depth: number
}

const NOTHING: List = []

const isNode = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isList = (value: JsonValue | undefined): value is List => Array.isArray(value)

const idOf = (node: JsonObject): string | null => (typeof node.id === 'string' ? node.id : null)

function malformed(node: JsonObject | null, message: string): DslError {
  return new DslError('DslValidationError', message, { nodeId: node ? idOf(node) : null })
}

/** The node under a key of `node`. */
function childOf(node: JsonObject, key: string): JsonObject {
  const child = node[key]
  if (isNode(child)) return child
  throw malformed(node, `${key} must be a node`)
}

function textOf(node: JsonObject, key: string): string {
  const text = node[key]
  if (typeof text === 'string') return text
  throw malformed(node, `${key} must be a text`)
}

function listOf(node: JsonObject, key: string): List {
  const list = node[key]
  if (isList(list)) return list
  throw malformed(node, `${key} must be an array`)
}

export class Walk {
  readonly trace: TraceEntry[] = []
  readonly #fields: StrategyContext['resolvedFields']
  readonly #limits: StrategyLimits
  readonly #state: RunState
  readonly #meter: Meter
  readonly #expired: ExecuteOptions['expired']
  readonly #frames: Frame[] = []
  readonly #values: JsonValue[] = []
  #steps = 0
  #checkedAt = 0

  constructor(program: JsonValue, context: StrategyContext, options: ExecuteOptions) {
    this.#fields = context.resolvedFields
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#state = startRun(options)
    this.#expired = options.expired
    this.#meter = new Meter(options.expired, this.#fields.keys)
    this.#begin(program, options)
  }

  #begin(program: JsonValue, { mode = 'full' }: ExecuteOptions): void {
    if (!isNode(program)) throw malformed(null, 'a program must be an object')
    this.#count(program)
    if (mode === 'full') {
      this.#push(DEFAULT, program, 1)
      this.#pushList(RULES, program, listOf(program, 'rules'))
    } else {
      const key = mode === 'pre' ? 'pre_rules' : 'post_rules'
      this.#pushList(RULES, program, (program[key] ?? null) === null ? NOTHING : listOf(program, key))
    }
  }

  /** Goes on with the walk. False: it paused, and there is more to do. */
  run(canPause: boolean): boolean {
    for (let frame = this.#frames.pop(); frame !== undefined; frame = this.#frames.pop()) {
      const steps = this.#steps
      if (frame.task <= EXPRESSION && steps % CHECK_INTERVAL === 0 && steps !== this.#checkedAt) {
        this.#checkedAt = steps
        if (this.#expired?.()) throw timeoutError(idOf(frame.node))
        if (canPause) {
          this.#frames.push(frame)
          return false
        }
      }
      this.#step(frame)
    }
    return true
  }

  finish(): TracedResult {
    return { ...finishRun(this.#state), trace: this.trace }
  }

  #push(task: number, node: JsonObject, depth: number, index = 0): void {
    this.#frames.push({ task, node, list: NOTHING, index, depth })
  }

  #pushList(task: number, node: JsonObject, list: List, index = 0): void {
    this.#frames.push({ task, node, list, index, depth: 0 })
  }

  #pop(): JsonValue {
    return this.#values.pop() ?? null
  }

  #count(node: JsonObject): void {
    this.#steps++
    if (this.#steps <= this.#limits.maxNodes) return
    const message = `the run takes more than ${this.#limits.maxNodes} steps`
    throw new DslError('DslLimitExceededError', message, { nodeId: idOf(node) })
  }

  #enter(node: JsonObject, depth: number): void {
    this.#count(node)
    if (depth <= this.#limits.maxDepth) return
    const message = `the program is nested deeper than ${this.#limits.maxDepth} levels`
    throw new DslError('DslLimitExceededError', message, { nodeId: idOf(node) })
  }

  #note(node: JsonObject, type: string, value: JsonValue): void {
    this.trace.push({ nodeId: idOf(node), type, value })
  }

  #noteBranch(node: JsonObject, entry: { type: string; value: JsonValue; branch: string }): void {
    this.trace.push({ nodeId: idOf(node), type: entry.type, value: entry.value, branch: entry.branch })
  }

  #yieldValue(node: JsonObject, type: string, value: JsonValue): void {
    this.#note(node, type, value)
    this.#values.push(value)
  }

  #step(frame: Frame): void {
    const { node } = frame
    switch (frame.task) {
      case EXPRESSION:
        return this.#expression(node, frame.depth)
      case CONDITION:
        return this.#condition(node, frame.depth)
      case STATEMENT:
        return this.#statement(node, frame.depth)
      case COMPARE:
        return this.#compare(node)
      case ARITH:
        return this.#arith(node)
      case JUNCTION:
        return this.#junction(node, frame.index, frame.depth)
      case NOT:
        return this.#yieldValue(node, 'not', !isTruthy(this.#pop()))
      case CALL:
        return this.#call(node)
      case APPLY:
        return this.#apply(node)
      case BODY:
        return this.#body(frame)
      case RULES:
        return this.#rules(frame)
      case CHOOSE:
        return this.#choose(node, frame.index)
      default:
        return this.#default(node)
    }
  }

  #expression(node: JsonObject, depth: number): void {
    this.#enter(node, depth)
    switch (node.type) {
      case 'literal':
        return this.#literal(node)
      case 'field':
        return this.#field(node)
      case 'arith':
        this.#push(ARITH, node, depth)
        this.#push(EXPRESSION, childOf(node, 'right'), depth + 1)
        this.#push(EXPRESSION, childOf(node, 'left'), depth + 1)
        return
      case 'func_call':
        return this.#enterCall(node, depth)
      default:
        throw malformed(node, 'an expression of an unknown type')
    }
  }

  #literal(node: JsonObject): void {
    const { value } = node
    if (!isScalar(value)) throw malformed(node, 'the value of a literal must be a scalar')
    this.#yieldValue(node, 'literal', value === 0 ? 0 : value)
  }

  #field(node: JsonObject): void {
    const path = textOf(node, 'path')
    const value = this.#fields.get(path)
    if (value === undefined) throw notPrecomputed(idOf(node), path)
    this.#yieldValue(node, 'field', value)
  }

  #enterCall(node: JsonObject, depth: number): void {
    const nodeId = idOf(node)
    const name = toParam(node.name)
    const expected = arityOf(name)
    if (expected === undefined) {
      const params = { nodeId, name }
      throw new DslError('DslValidationError', 'a function of an unknown name', {
        code: 'DSL_FUNC_NAME_NOT_ALLOWED',
        nodeId,
        params,
      })
    }
    const args = node.args ?? NOTHING
    const actual = isList(args) ? args.length : 'non-list'
    if (!isList(args) || actual !== expected) {
      const params = { nodeId, name, expected, actual }
      throw new DslError('DslValidationError', `a function that takes ${expected} arguments got ${actual}`, {
        code: 'DSL_FUNC_ARITY_MISMATCH',
        nodeId,
        params,
      })
    }
    this.#push(CALL, node, depth)
    for (let i = args.length - 1; i >= 0; i--) {
      const arg = args[i]
      if (!isNode(arg)) throw malformed(node, 'an argument must be a node')
      this.#push(EXPRESSION, arg, depth + 1)
    }
  }

  #call(node: JsonObject): void {
    const meter = this.#meter.at(idOf(node))
    const last = this.#pop()
    if (node.name === 'int') return this.#yieldValue(node, 'func_call', toInteger(last, meter))
    const low = this.#pop()
    this.#yieldValue(node, 'func_call', clamp([this.#pop(), low, last], meter))
  }

  #arith(node: JsonObject): void {
    const right = this.#pop()
    const left = this.#pop()
    const { op } = node
    if (!isArithOp(op)) throw this.#badOperator('DSL_ARITH_OP_NOT_ALLOWED', node)
    this.#yieldValue(node, 'arith', calculate(op, left, right, this.#meter.at(idOf(node))))
  }

  #compare(node: JsonObject): void {
    const right = this.#pop()
    const left = this.#pop()
    const { op } = node
    if (!isCompareOp(op)) throw this.#badOperator('DSL_COMPARE_OP_NOT_ALLOWED', node)
    this.#yieldValue(node, 'compare', compare(op, left, right, this.#meter.at(idOf(node))))
  }

  #badOperator(code: 'DSL_ARITH_OP_NOT_ALLOWED' | 'DSL_COMPARE_OP_NOT_ALLOWED', node: JsonObject): DslError {
    const nodeId = idOf(node)
    const params = { nodeId, op: toParam(node.op) }
    return new DslError('DslValidationError', 'an unknown operator', { code, nodeId, params })
  }

  #condition(node: JsonObject, depth: number): void {
    this.#enter(node, depth)
    switch (node.type) {
      case 'compare':
        this.#push(COMPARE, node, depth)
        this.#push(EXPRESSION, childOf(node, 'right'), depth + 1)
        this.#push(EXPRESSION, childOf(node, 'left'), depth + 1)
        return
      case 'and':
      case 'or':
        return this.#push(JUNCTION, node, depth)
      case 'not':
        this.#push(NOT, node, depth)
        return this.#push(CONDITION, childOf(node, 'arg'), depth + 1)
      case 'literal':
      case 'field':
        return this.#push(EXPRESSION, node, depth)
      default:
        throw malformed(node, 'a condition of an unknown type')
    }
  }

  #junction(node: JsonObject, index: number, depth: number): void {
    const args = listOf(node, 'args')
    const type = node.type === 'or' ? 'or' : 'and'
    const deciding = type === 'or'
    if (index > 0 && isTruthy(this.#pop()) === deciding) {
      this.#noteBranch(node, { type, value: deciding, branch: `short_circuit:${index - 1}` })
      this.#values.push(deciding)
      return
    }
    if (index === args.length) return this.#yieldValue(node, type, !deciding)
    const arg = args[index]
    if (!isNode(arg)) throw malformed(node, 'an argument must be a node')
    this.#push(JUNCTION, node, depth, index + 1)
    this.#push(CONDITION, arg, depth + 1)
  }

  #rules({ node, list, index }: Frame): void {
    if (index === list.length) return
    const rule = list[index]
    if (!isNode(rule)) throw malformed(node, 'a rule must be an object')
    this.#pushList(RULES, node, list, index + 1)
    this.#enter(rule, 1)
    this.#push(CHOOSE, rule, 1)
    this.#push(CONDITION, childOf(rule, 'when'), 2)
  }

  /** The condition before `index` has its value: 0 is the rule's own, i + 1 that of branch i. */
  #choose(rule: JsonObject, index: number): void {
    const branches = (rule.else_if ?? null) === null ? NOTHING : listOf(rule, 'else_if')
    if (isTruthy(this.#pop())) {
      const branch = branches[index - 1]
      const owner = index === 0 || !isNode(branch) ? rule : branch
      this.#noteBranch(rule, { type: 'rule', value: true, branch: index === 0 ? 'match' : `elseif:${index - 1}` })
      return this.#pushList(BODY, owner, listOf(owner, 'then'))
    }
    if (index === branches.length) return this.#otherwise(rule)
    const next = branches[index]
    if (!isNode(next)) throw malformed(rule, 'a branch must be an object')
    this.#count(next)
    this.#push(CHOOSE, rule, 1, index + 1)
    this.#push(CONDITION, childOf(next, 'when'), 2)
  }

  #otherwise(rule: JsonObject): void {
    const body = (rule.else ?? null) === null ? NOTHING : listOf(rule, 'else')
    this.#noteBranch(rule, { type: 'rule', value: false, branch: body.length === 0 ? 'skip' : 'else' })
    if (body.length > 0) this.#pushList(BODY, rule, body)
  }

  #body({ node, list, index }: Frame): void {
    if (index === list.length) return
    const statement = list[index]
    if (!isNode(statement)) throw malformed(node, 'a statement must be an object')
    this.#pushList(BODY, node, list, index + 1)
    this.#push(STATEMENT, statement, 2)
  }

  #default(program: JsonObject): void {
    const statement = program.default ?? null
    if (statement === null || this.#state.isMatched) return
    if (!isNode(statement)) throw malformed(program, 'a statement must be an object')
    this.#push(STATEMENT, statement, 1)
  }

  #statement(node: JsonObject, depth: number): void {
    this.#enter(node, depth)
    const nodeId = idOf(node)
    switch (node.type) {
      case 'assign_points':
      case 'set_callback_data':
      case 'set_data':
      case 'set_points':
      case 'set_case_name':
        this.#push(APPLY, node, depth)
        return this.#push(EXPRESSION, childOf(node, 'value'), depth + 1)
      case 'veto': {
        const caseName = textOf(node, 'case_name')
        veto(this.#state, caseName)
        this.#noteBranch(node, { type: 'veto', value: caseName, branch: 'veto' })
        return this.#halt()
      }
      case 'return':
        this.#noteBranch(node, { type: 'return', value: null, branch: 'halt' })
        return this.#halt()
      default:
        throw new DslError('DslValidationError', 'a statement of an unknown type', {
          code: 'DSL_UNKNOWN_STATEMENT',
          nodeId,
          params: { nodeId, nodeType: toParam(node.type) },
        })
    }
  }

  #halt(): void {
    this.#frames.length = 0
  }

  #apply(node: JsonObject): void {
    const value = this.#pop()
    const nodeId = idOf(node)
    const state = this.#state
    switch (node.type) {
      case 'assign_points':
        assignPoints(state, value, { nodeId, caseName: textOf(node, 'case_name') })
        this.#noteBranch(node, { type: 'assign_points', value, branch: 'match' })
        return this.#halt()
      case 'set_points':
        setPoints(state, value, nodeId)
        return this.#note(node, 'set_points', value)
      case 'set_case_name':
        setCaseName(state, value, nodeId)
        return this.#note(node, 'set_case_name', value)
      case 'set_data':
        setData(state, textOf(node, 'key'), value)
        return this.#note(node, 'set_data', value)
      default:
        setCallbackData(state, textOf(node, 'key'), value)
        return this.#note(node, 'set_callback_data', value)
    }
  }
}
