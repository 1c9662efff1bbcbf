// `paracosm strategy validate`: every problem of a program, with its place in the file.
import { Command } from 'commander'
import { formatProblem, type ProgramReport, reportProgram } from '../../strategy/report.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { type LimitFlags, parseCount, readLimits, readProgram } from './input.ts'

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
}

function validate(io: Io, files: readonly string[], flags: Flags): void {
  const limits = readLimits(flags)
  const reports = files.map((file): FileReport => {
    const { text, program } = readProgram(file, limits)
    return { file, ...reportProgram(text, program, limits) }
  })
  if (flags.json) printJson(io, { ok: reports.every(({ ok }) => ok), files: reports })
  else for (const report of reports) print(io, report)
  io.exit(reports.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed)
}

function print(io: Io, { file, ok, problems, nodes, hash }: FileReport): void {
  if (ok) {
    io.out(`ok   ${file}: ${nodes} nodes, hash ${hash}`)
    return
  }
  io.out(`FAIL ${file}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
  for (const problem of problems) io.out(`\n${formatProblem(problem)}`)
}
