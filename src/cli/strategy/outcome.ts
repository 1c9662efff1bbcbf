// Translates failures of programs to failures of commands; the details keep the language's code.
import { AppError } from '../../kernel/errors.ts'
import type { Program } from '../../protocol/strategy.ts'
import { DSL_CODES, DslError } from '../../strategy/errors.ts'
import type { StrategyLimits } from '../../strategy/limits.ts'
import { formatProblem, reportProgram } from '../../strategy/report.ts'
import { validateProgram } from '../../strategy/validator.ts'
import type { ProgramText } from './input.ts'

/**
 * The program of a command, checked.
 * @throws AppError STRATEGY_INVALID with the first problem and its place
 */
export function validateSource({ name, text, program, template }: ProgramText, limits: StrategyLimits): Program {
  const [first] = reportProgram(text, program, limits).problems
  if (!first) return validateProgram(program, { limits })
  throw new AppError('STRATEGY_INVALID', `${name} is not valid: ${formatProblem(first)}`, {
    details: { code: first.code, nodeId: first.nodeId, path: first.path, line: first.line, column: first.column },
    hint:
      template === undefined
        ? `See every problem with: paracosm strategy validate ${name}`
        : `Raise --max-nodes or --max-depth, or shorten a copy: paracosm strategy templates ${name} > mine.json`,
  })
}

/** Translates a failure of a run; any other error is returned unchanged. */
export function toAppError(error: unknown): unknown {
  if (!(error instanceof DslError)) return error
  const { kind, code, nodeId, params } = error
  const where = nodeId === null ? '' : ` at node ${nodeId}`
  const isLimit = kind === 'DslLimitExceededError' || kind === 'DslTimeoutError'
  return new AppError(isLimit ? 'STRATEGY_LIMIT' : 'STRATEGY_FAILED', `${code ?? kind}${where}: ${error.message}`, {
    details: { class: kind, code, nodeId, params },
    cause: error,
    ...(code === null ? {} : { hint: DSL_CODES[code] }),
  })
}
