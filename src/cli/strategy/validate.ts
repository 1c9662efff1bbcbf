// `paracosm strategy validate`: every problem of a program, with its place in the file.
import { Command } from 'commander'
import { at } from '../../kernel/at.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import type { StrategyLimits } from '../../strategy/limits.ts'
import { formatProblem, type ProgramReport, reportProgram } from '../../strategy/report.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { type LimitFlags, parseCount, readLimits, readProgram } from './input.ts'
import { duplicateWarnings } from './warnings.ts'

interface Flags extends LimitFlags {
  readonly json?: boolean
}

export function validateCommand(io: Io): Command {
  return new Command('validate')
    .description('Validate programs and print every problem: code, node, JSON path, and the place in the file.')
    .argument('<file...>', 'program files; - reads standard input')
    .option('--max-nodes <count>', 'node limit (default: DSL_MAX_NODES, or 1000)', parseCount)
    .option('--max-depth <count>', 'depth limit (default: DSL_MAX_DEPTH, or 32)', parseCount)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 all valid, 1 problems found, 2 a file is missing or not JSON.\n\nExample:\n  paracosm strategy validate mine.json',
    )
    .action((files: readonly string[], flags: Flags) => validate(io, files, flags))
}

interface FileReport extends ProgramReport {
  readonly file: string
  /** What is accepted and most likely not meant. */
  readonly warnings: readonly string[]
}

/** A file that cannot be read, or is no JSON. */
interface UnreadFile {
  readonly file: string
  readonly ok: false
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string }
}

function validate(io: Io, files: readonly string[], flags: Flags): void {
  const limits = readLimits(flags)
  const reports = files.map((file) => look(file, limits))
  // One file alone: the command has failed as any other.
  const [only] = reports
  if (reports.length === 1 && only instanceof AppError) throw only
  const told = reports.map((report, index) =>
    report instanceof AppError ? toUnread(at(files, index), report) : report,
  )
  if (flags.json) printJson(io, { ok: told.every(({ ok }) => ok), files: told })
  else for (const report of told) print(io, report)
  io.exit(told.every(({ ok }) => ok) ? EXIT.ok : told.some((each) => 'error' in each) ? EXIT.usage : EXIT.failed)
}

/** The report of a file; why there is none, where it cannot be read. */
function look(file: string, limits: StrategyLimits): FileReport | AppError {
  try {
    const { text, program } = readProgram(file, limits)
    return { file, ...reportProgram(text, program, limits), warnings: duplicateWarnings(file, text) }
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

const toUnread = (file: string, { code, message, hint }: AppError): UnreadFile => ({
  file,
  ok: false,
  error: { code, message, hint },
})

function print(io: Io, report: FileReport | UnreadFile): void {
  if ('error' in report) {
    const { code, message, hint } = report.error
    io.out(`FAIL ${report.file}: ${code}: ${message}\n  fix: ${hint}`)
    return
  }
  const { file, ok, problems, nodes, hash, warnings } = report
  for (const warning of warnings) io.err(`warning: ${warning}`)
  if (ok) {
    io.out(`ok   ${file}: ${nodes} nodes, hash ${hash}`)
    return
  }
  io.out(`FAIL ${file}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
  for (const problem of problems) io.out(`\n${formatProblem(problem)}`)
}
