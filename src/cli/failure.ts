// How a failed command is shown: one line with a hint on standard error, and with --json one document as well.
import { CommanderError } from 'commander'
import { AppError } from '../kernel/errors.ts'
import type { Problem } from '../protocol/problem.ts'
import { failedReport } from './headless-report.ts'
import { EXIT, type Io, printJson, toFailure } from './io.ts'
import { createStyle } from './style.ts'

interface FailedCommand {
  readonly isJson: boolean
  readonly io: Io | undefined
  /** Whether the command was `headless`, whose failures have the shape of its reports. */
  readonly isHeadless?: boolean
}

/**
 * Prints a failure and returns the exit status.
 * @param io undefined when the command line failed before there was one
 */
export function reportFailure(error: unknown, { isJson, io, isHeadless = false }: FailedCommand): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
  const { problem, status } = toFailure(error instanceof CommanderError ? toUsageError(error) : error)
  const out = io ?? { out: (line: string) => process.stdout.write(`${line}\n`) }
  if (isJson && isHeadless) out.out(JSON.stringify(failedReport({ ...problem })))
  else if (isJson) printJson(out, { ok: false, error: { ...problem } })
  // A group without a command has already printed its help.
  const isHelp = error instanceof CommanderError && error.code === 'commander.help'
  const style = createStyle(process.stderr)
  const write = (line: string): void => (io ? io.err(line) : void process.stderr.write(`${line}\n`))
  if (!isHelp) for (const line of formatProblem(problem, style.bad, style.faint)) write(line)
  return status
}

type Paint = (text: string) => string

/** An error for people: what happened, the last output of a failed program, and what to do. */
function formatProblem({ code, message, hint, details }: Problem, bad: Paint, faint: Paint): string[] {
  const output = details?.output
  const said = Array.isArray(output) ? output.map((line) => faint(`  | ${String(line)}`)) : []
  return [`${bad(`error ${code}`)}: ${message}`, ...said, `  fix: ${hint}`]
}

/** Commander's message has its suggestion on a second line: `(Did you mean --variant?)`. */
function toUsageError(error: CommanderError): AppError {
  if (error.code === 'commander.help') {
    return new AppError('USAGE', 'a command is expected', { hint: 'Run it with --help to see the commands.' })
  }
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const guess = suggestion === undefined ? '' : `${suggestion.replace(/^\((.*)\)$/, '$1')} `
  return new AppError('USAGE', message, { hint: `${guess}Run the command with --help to see what it takes.` })
}
