// The problems of a program for people and tools: code, node, JSON path, and a caret into the file.

import { lineAndColumn } from '../kernel/parse.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { DSL_CODES, type DslCode } from './errors.ts'
import { hashProgram } from './hash.ts'
import type { StrategyLimits } from './limits.ts'
import { excerpt, locate } from './locate.ts'
import type { ProgramPath, ProgramProblem } from './problems.ts'
import { inspectProgram } from './validator.ts'

export interface ReportedProblem {
  /** Null for plain structural problems; their class is `DslValidationError`. */
  readonly code: DslCode | null
  readonly class: 'DslValidationError'
  readonly nodeId: string | null
  /** `$.rules[0].when.left`. */
  readonly path: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
  readonly message: string
  readonly params: JsonObject | null
  readonly fix: string | null
  /** The line of the file, and a caret below it. */
  readonly excerpt: string
}

export interface ProgramReport {
  readonly ok: boolean
  readonly problems: readonly ReportedProblem[]
  readonly nodes: number
  /** Only for a valid program. */
  readonly hash: string | null
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/

function formatProgramPath(path: ProgramPath): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`
    return PLAIN_KEY.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
  })
  return `$${steps.join('')}`
}

/**
 * Validates a program and reports every problem with its place in the text.
 * @param text the JSON text that `program` was parsed from
 *
 * @example
 * import { reportProgram } from 'paracosm/strategy'
 *
 * const text = '{"type": "program", "rules": []}'
 * console.log(reportProgram(text, JSON.parse(text)).ok)
 */
export function reportProgram(text: string, program: JsonValue, limits?: Partial<StrategyLimits>): ProgramReport {
  const { problems, nodes } = inspectProgram(program, limits === undefined ? {} : { limits })
  const ok = problems.length === 0
  return { ok, problems: problems.map((each) => place(text, each)), nodes, hash: ok ? hashProgram(program) : null }
}

function place(text: string, problem: ProgramProblem): ReportedProblem {
  const { code, nodeId, message, params, path, isKey } = problem
  const range = locate(text, path, isKey)
  return {
    code,
    class: 'DslValidationError',
    nodeId,
    path: formatProgramPath(path),
    ...lineAndColumn(text, range.start),
    message,
    params,
    fix: problem.fix ?? (code === null ? null : DSL_CODES[code]),
    excerpt: excerpt(text, range),
  }
}

/**
 * A problem as lines of text.
 *
 * @example
 * import { formatProblem, reportProgram } from 'paracosm/strategy'
 *
 * const text = '{"type": "program"}'
 * for (const problem of reportProgram(text, JSON.parse(text)).problems) console.log(formatProblem(problem))
 */
export function formatProblem(problem: ReportedProblem): string {
  const { code, nodeId, path, line, column, message, fix } = problem
  const node = nodeId === null ? '' : ` at node ${nodeId}`
  const quoted = problem.excerpt
    .split('\n')
    .map((each) => `    ${each}`)
    .join('\n')
  const hint = fix === null ? '' : `\n  fix: ${fix}`
  return `${code ?? problem.class}${node}\n  ${path} (line ${line}, column ${column}): ${message}\n${quoted}${hint}`
}
