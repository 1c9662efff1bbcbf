// An explanation as text for people: the rules tried, the values they saw, and the one that decided the score.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { ExplainedNode, ExplainedPhase, ExplainedRule, ExplainedStatement } from './explain.ts'

/** The result of a run, for the first line. */
export interface ExplainedResult {
  readonly points: JsonValue
  readonly caseName: string | null
  readonly callbackData: JsonObject
  readonly isVetoed: boolean
  readonly parentResult?: Pick<ExplainedResult, 'points' | 'caseName'>
}

const TITLES = { full: 'Rules', pre: 'Rules before the parent', post: 'Rules after the parent' } as const

/** Maximum length of a value that is shown whole, in characters. */
const MAX_SHOWN = 80

/** From this magnitude on, a number has no decimals to round. */
const NO_FRACTION = 1e13

/**
 * Points for display: at most two decimals.
 *
 * @example
 * import { formatPoints } from 'paracosm/strategy'
 *
 * console.log(formatPoints(12.5), formatPoints(1 / 3)) // 12.5 0.33
 */
export function formatPoints(points: JsonValue): string {
  if (typeof points !== 'number') return formatValue(points)
  return String(Math.abs(points) < NO_FRACTION ? Math.round(points * 100) / 100 : points)
}

/** Points with their unit: `1 point`, `2.5 points`. */
export function countPoints(points: JsonValue): string {
  return `${formatPoints(points)} ${points === 1 ? 'point' : 'points'}`
}

function formatValue(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

/**
 * Lines of text, without a line feed at the end.
 * @param failure why the run ended early, in one sentence; undefined for a run with a result
 *
 * @example
 * import { createDefaultProgram, explainPhases, formatExplanation, simulate, tableAnalytics } from 'paracosm/strategy'
 *
 * const program = createDefaultProgram()
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const result = await simulate(program, { event, analytics: tableAnalytics({}) })
 * console.log(formatExplanation(explainPhases(program, result.phases), result))
 */
export function formatExplanation(
  phases: readonly ExplainedPhase[],
  result: ExplainedResult | undefined,
  failure?: string,
): string {
  const head = result ? summary(result) : [`The run failed: ${failure ?? 'unknown cause'}`]
  return [...head, ...phases.flatMap(phaseLines)].join('\n')
}

function scoreText({ points, caseName }: Pick<ExplainedResult, 'points' | 'caseName'>): string {
  const name = caseName === null ? 'no case' : `case ${JSON.stringify(caseName)}`
  return `${countPoints(points)}, ${name}`
}

function summary({ points, caseName, callbackData, isVetoed, parentResult }: ExplainedResult): string[] {
  const data = Object.entries(callbackData).map(([key, value]) => `  callback data ${key} = ${formatValue(value)}`)
  const parent = parentResult ? [`  the parent gave ${scoreText(parentResult)}`] : []
  return [`${scoreText({ points, caseName })}${isVetoed ? ' (vetoed)' : ''}`, ...parent, ...data]
}

function phaseLines({ mode, rules, fallback }: ExplainedPhase): string[] {
  const lines = ['', `${TITLES[mode]}:`, ...rules.flatMap(ruleLines)]
  if (rules.length === 0) lines.push('  none')
  if (fallback) lines.push(`  default: ${fallback.hasRun ? 'ran' : 'not needed'}`, ...statementLines(fallback))
  return lines
}

function ruleLines(rule: ExplainedRule): string[] {
  const { outcome, number, branch, conditions, isDecisive } = rule
  const told = branch === undefined ? outcome : `${outcome} ${branch}`
  const head = `  ${number}. ${told}${isDecisive ? ', and decided the score' : ''}`
  if (outcome === 'not evaluated') return [head]
  return [head, ...conditions.flatMap(conditionLines), ...rule.statements.flatMap(statementLines)]
}

function conditionLines(condition: ExplainedNode, index: number): string[] {
  const word = index === 0 ? 'when' : 'else when'
  if (condition.value === undefined && seenIn(condition).size === 0) return []
  const truth = condition.value === undefined ? 'failed' : formatValue(condition.value)
  return [`       ${word} ${condition.text} → ${truth}`, ...valueLines(condition)]
}

/** The fields that a node read, each once. */
function valueLines(node: ExplainedNode): string[] {
  return [...seenIn(node)].map(([path, value]) => `         ${path} is ${formatValue(value)}`)
}

function seenIn(node: ExplainedNode, seen = new Map<string, JsonValue>()): Map<string, JsonValue> {
  if (node.type === 'field' && node.value !== undefined) seen.set(node.text, node.value)
  for (const child of node.children) seenIn(child, seen)
  return seen
}

function statementLines({ text, hasRun, value }: ExplainedStatement): string[] {
  if (!hasRun && value?.value === undefined) return []
  const shown = value?.value !== undefined && value.type !== 'literal' ? ` (${formatValue(value.value)})` : ''
  return [`       ${hasRun ? '→' : '✗'} ${text}${shown}`, ...(value ? valueLines(value) : [])]
}
