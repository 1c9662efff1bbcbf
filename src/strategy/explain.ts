// Explains a score: maps a trace onto its program, rule by rule, with the observed values. The walk is reconstructed by
// reading the trace in order, so duplicate ids in a program cannot mislead it. As text: format-explanation.ts.
import type { JsonValue } from '../protocol/json.ts'
import type { Condition, Expression, Program } from '../protocol/strategy.ts'
import type { ExecutionMode, Phase, TraceEntry } from '../protocol/strategy-run.ts'

export type Rule =
  | Program['rules'][number]
  | NonNullable<Program['pre_rules']>[number]
  | NonNullable<Program['post_rules']>[number]
export type Statement = Rule['then'][number]

/** A condition or expression, and its value. */
export interface ExplainedNode {
  readonly nodeId: string | null
  readonly type: string
  /** In readable notation: `user.avg_time < (all.avg_time * 0.8)`. */
  readonly text: string
  /** Absent if the run did not reach this node, or failed here. */
  readonly value?: JsonValue
  readonly children: readonly ExplainedNode[]
}

export interface ExplainedStatement {
  readonly nodeId: string | null
  readonly type: string
  readonly text: string
  readonly hasRun: boolean
  /** True for the statement that determined the score. */
  readonly isDecisive: boolean
  readonly value?: ExplainedNode
}

/** The outcome of a rule. `failed`: the run ended with an error inside it. */
type RuleOutcome = 'not evaluated' | 'matched' | 'matched branch' | 'else' | 'did not match' | 'failed'

export interface ExplainedRule {
  readonly nodeId: string | null
  /** From 1, within its own list. */
  readonly number: number
  readonly outcome: RuleOutcome
  /** Number of the `else_if` branch taken, from 1. */
  readonly branch?: number
  /** The rule's own condition first, then the conditions of its branches. */
  readonly conditions: readonly ExplainedNode[]
  /** The statements of the part that ran; empty if none ran. */
  readonly statements: readonly ExplainedStatement[]
  readonly isDecisive: boolean
}

export interface ExplainedPhase {
  readonly mode: ExecutionMode
  readonly rules: readonly ExplainedRule[]
  /** The default statement, if the program has one. */
  readonly fallback?: ExplainedStatement
}

const SOURCES = {
  full: (program: Program): readonly Rule[] => program.rules,
  pre: (program: Program): readonly Rule[] => program.pre_rules ?? [],
  post: (program: Program): readonly Rule[] => program.post_rules ?? [],
} as const

/**
 * Explains every phase of a run.
 * @param program validated
 * @param phases of the same program; the last one may be cut short by a failure
 *
 * @example
 * import { createDefaultProgram, explainPhases, simulate, tableAnalytics } from 'paracosm/strategy'
 *
 * const program = createDefaultProgram()
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const { phases } = await simulate(program, { event, analytics: tableAnalytics({}) })
 * console.log(explainPhases(program, phases))
 */
export function explainPhases(program: Program, phases: readonly Phase[]): readonly ExplainedPhase[] {
  return phases.map((phase) => explainPhase(program, phase))
}

function explainPhase(program: Program, { mode, trace }: Phase): ExplainedPhase {
  const decisive = trace.find(settles)
  const reader: Reader = { trace, decisive, at: 0, isOver: false, hasFailed: false, isPassing: false }
  const rules = Array.from(SOURCES[mode](program), (rule, index) => explainRule(reader, rule, index + 1))
  const fallback = mode === 'full' ? (program.default ?? undefined) : undefined
  return { mode, rules, ...(fallback ? { fallback: explainStatement(reader, fallback) } : {}) }
}

/** Whether an entry is a statement that determines the score. */
const settles = ({ type, branch }: TraceEntry): boolean =>
  (type === 'assign_points' && branch === 'match') || type === 'veto'

interface Reader {
  readonly trace: readonly TraceEntry[]
  readonly decisive: TraceEntry | undefined
  at: number
  /** The run ended with the last entry taken. */
  isOver: boolean
  /** It ended with an error. */
  hasFailed: boolean
  /** The run skipped the part being explained. */
  isPassing: boolean
}

/** The entry of a node that the run reached. If there is none, the run failed at this node. */
function take(reader: Reader, node: { readonly type: string; readonly id?: string }): TraceEntry | undefined {
  if (reader.isOver || reader.isPassing) return undefined
  const entry = reader.trace[reader.at]
  if (entry?.type === node.type && entry.nodeId === (node.id ?? null)) {
    reader.at++
    return entry
  }
  reader.isOver = true
  reader.hasFailed = true
  return undefined
}

/** Explains a part that the run may have skipped. */
function explainIf<T>(reader: Reader, isVisited: boolean, explain: () => T): T {
  if (isVisited || reader.isPassing) return explain()
  reader.isPassing = true
  const result = explain()
  reader.isPassing = false
  return result
}

function explainRule(reader: Reader, rule: Rule, number: number): ExplainedRule {
  const hadFailed = reader.hasFailed
  const conditions = [explainCondition(reader, rule.when)]
  for (const { when } of rule.else_if ?? []) {
    const isVisited = conditions.every((each) => each.value !== undefined && !isTrue(each.value))
    conditions.push(explainIf(reader, isVisited, () => explainCondition(reader, when)))
  }
  const chosen = choose(rule, take(reader, rule))
  const statements = Array.from(chosen.body ?? [], (statement: Statement) => explainStatement(reader, statement))
  return {
    nodeId: rule.id ?? null,
    number,
    outcome: reader.hasFailed && !hadFailed ? 'failed' : chosen.outcome,
    ...(chosen.branch === undefined ? {} : { branch: chosen.branch }),
    conditions,
    statements,
    isDecisive: statements.some((each) => each.isDecisive),
  }
}

function isTrue(value: JsonValue): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value) || Number.isNaN(value)
}

interface Choice {
  readonly outcome: RuleOutcome
  readonly branch?: number
  readonly body?: Rule['then'] | null | undefined
}

function choose(rule: Rule, entry: TraceEntry | undefined): Choice {
  const way = entry?.branch
  if (way === undefined) return { outcome: 'not evaluated' }
  if (way === 'match') return { outcome: 'matched', body: rule.then }
  if (way === 'else') return { outcome: 'else', body: rule.else }
  if (!way.startsWith('elseif:')) return { outcome: 'did not match' }
  const index = Number(way.slice('elseif:'.length))
  return { outcome: 'matched branch', branch: index + 1, body: rule.else_if?.[index]?.then }
}

function explainStatement(reader: Reader, statement: Statement): ExplainedStatement {
  const value = 'value' in statement ? explainExpression(reader, statement.value) : undefined
  const entry = take(reader, statement)
  if (entry && HALTING.includes(statement.type)) reader.isOver = true
  return {
    nodeId: statement.id ?? null,
    type: statement.type,
    text: statementText(statement, value),
    hasRun: entry !== undefined,
    isDecisive: entry !== undefined && entry === reader.decisive,
    ...(value === undefined ? {} : { value }),
  }
}

const HALTING: readonly string[] = ['assign_points', 'veto', 'return']

function statementText(statement: Statement, value: ExplainedNode | undefined): string {
  const text = value?.text ?? ''
  switch (statement.type) {
    case 'assign_points':
      return `${text} ${text === '1' ? 'point' : 'points'}, case "${statement.case_name}"`
    case 'set_callback_data':
      return `callback data ${JSON.stringify(statement.key)} = ${text}`
    case 'set_data':
      return `data.${statement.key} = ${text}`
    case 'set_points':
      return `points = ${text}`
    case 'set_case_name':
      return `case name = ${text}`
    case 'veto':
      return `veto, case "${statement.case_name}"`
    case 'return':
      return 'stop here'
  }
}

/** A condition or expression in readable notation. */
export function describeNode(node: Condition): string {
  return explainCondition(IDLE, node).text
}

/** The effect of a statement in readable notation. */
export function describeStatement(statement: Statement): string {
  return explainStatement(IDLE, statement).text
}

/** Reads nothing: for describing what a program says instead of what it did. */
const IDLE: Reader = Object.freeze({
  trace: [],
  decisive: undefined,
  at: 0,
  isOver: true,
  hasFailed: false,
  isPassing: true,
})

function explained(
  reader: Reader,
  node: Condition | Expression,
  text: string,
  children: readonly ExplainedNode[],
): ExplainedNode {
  const entry = take(reader, node)
  return {
    nodeId: node.id ?? null,
    type: node.type,
    text,
    ...(entry === undefined ? {} : { value: entry.value }),
    children,
  }
}

function explainExpression(reader: Reader, node: Expression): ExplainedNode {
  switch (node.type) {
    case 'literal':
      return explained(reader, node, JSON.stringify(node.value), [])
    case 'field':
      return explained(reader, node, node.path, [])
    case 'arith': {
      const left = explainExpression(reader, node.left)
      const right = explainExpression(reader, node.right)
      return explained(reader, node, `(${left.text} ${node.op} ${right.text})`, [left, right])
    }
    case 'func_call': {
      const args = Array.from(node.args, (each) => explainExpression(reader, each))
      return explained(reader, node, `${node.name}(${args.map(({ text }) => text).join(', ')})`, args)
    }
  }
}

function explainCondition(reader: Reader, node: Condition): ExplainedNode {
  switch (node.type) {
    case 'literal':
    case 'field':
      return explainExpression(reader, node)
    case 'compare': {
      const left = explainExpression(reader, node.left)
      const right = explainExpression(reader, node.right)
      return explained(reader, node, `${left.text} ${node.op} ${right.text}`, [left, right])
    }
    case 'not': {
      const arg = explainCondition(reader, node.arg)
      return explained(reader, node, `not (${arg.text})`, [arg])
    }
    case 'and':
    case 'or': {
      const args: ExplainedNode[] = []
      for (const each of node.args) {
        const isVisited = args.every(({ value }) => value !== undefined && isTrue(value) === (node.type === 'and'))
        args.push(explainIf(reader, isVisited, () => explainCondition(reader, each)))
      }
      const text = args.map((each) => (each.children.length > 1 ? `(${each.text})` : each.text)).join(` ${node.type} `)
      return explained(reader, node, text, args)
    }
  }
}
