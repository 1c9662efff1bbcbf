// `paracosm strategy simulate` and `paracosm strategy explain`: a program, or a template, on made-up values.
import { Command, Option } from 'commander'
import { AppError } from '../../kernel/errors.ts'
import type { Program } from '../../protocol/strategy.ts'
import { capTrace } from '../../strategy/cap-trace.ts'
import { DslError } from '../../strategy/errors.ts'
import { explainPhases } from '../../strategy/explain.ts'
import { countPoints, formatExplanation } from '../../strategy/format-explanation.ts'
import { traceOf } from '../../strategy/pipeline.ts'
import { type Simulation, simulate, withTimeoutCode } from '../../strategy/simulate.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { collectSetting, parseCount, readLimits, readSource } from './input.ts'
import { toAppError, validateSource } from './outcome.ts'
import { prepareSimulation, type RunFlags, warn } from './run-flags.ts'
import { pointsWarnings } from './warnings.ts'

const EXAMPLES = `
Examples:
  paracosm strategy simulate --template engagement_basico --set user.measurements_count=1
  paracosm strategy simulate mine.json --data '{"is_weekend": true}' --parent default --trace
  paracosm strategy simulate mine.json --mode post --parent-result '{"points": 4, "case_name": "Hit"}'

Unset values: analytics are 0, data.* are null. A program that extends a parent runs its whole pipeline.`

function withRunFlags(command: Command): Command {
  return command
    .argument('[file]', 'program file; - reads standard input')
    .option('--template <id>', 'use a template instead of a file')
    .addOption(
      new Option('--mode <mode>', 'what runs (default: extend with a parent, else full)').choices([
        'full',
        'extend',
        'pre',
        'post',
      ]),
    )
    .option('--data <json>', 'payload of the event: a JSON object, or @file')
    .option('--mock <json>', 'values by path, which override all others: a JSON object, or @file')
    .option('--set <path=value>', 'one value by path (repeatable)', collectSetting)
    .option('--user <id>', 'external user id', 'user-1')
    .option('--task <id>', 'external task id', 'task-1')
    .option('--game <id>', 'external game id', 'game-1')
    .option('--parent <id>', 'built-in strategy that the program extends')
    .option('--parent-result <json>', 'with --mode post: points, case_name and callback_data of the parent')
    .option('--plugin <package...>', 'packages that contribute strategies')
    .option('--max-nodes <count>', 'node limit', parseCount)
    .option('--max-depth <count>', 'depth limit', parseCount)
    .option('--timeout <ms>', 'time limit in ms', parseCount)
    .option('--json', 'print as JSON')
}

export function simulateCommand(io: Io): Command {
  return withRunFlags(new Command('simulate'))
    .description('Run a program or a template on values that you give. Nothing is stored.')
    .option('--trace', 'print every evaluated node')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, flags: RunFlags) => {
      const { simulation } = await run(io, file, flags)
      const { points, caseName, callbackData, isVetoed } = simulation
      const { trace, omitted } = capTrace(traceOf(simulation.phases))
      if (flags.json) {
        const executionTrace = trace.map((entry) => ({ ...entry, branch: entry.branch ?? null }))
        const shown = flags.trace ? { executionTrace, omittedEntries: omitted } : {}
        const workingData = simulation.workingData ? { workingData: simulation.workingData } : {}
        return printJson(io, { points, caseName, callbackData, vetoed: isVetoed, ...workingData, ...shown })
      }
      io.out(`${countPoints(points)}, ${caseName === null ? 'no case' : `case ${JSON.stringify(caseName)}`}`)
      for (const [key, value] of Object.entries(callbackData))
        io.out(`  callback data ${key} = ${JSON.stringify(value)}`)
      for (const [key, value] of Object.entries(simulation.workingData ?? {})) {
        io.out(`  working data ${key} = ${JSON.stringify(value)}`)
      }
      if (!flags.trace) return
      for (const { nodeId, type, value, branch } of trace) {
        io.out(`  ${nodeId} ${type} ${JSON.stringify(value)}${branch === undefined ? '' : ` [${branch}]`}`)
      }
      if (omitted > 0) io.out(`  ... and ${omitted} more`)
    })
}

export function explainCommand(io: Io): Command {
  return withRunFlags(new Command('explain'))
    .description('Run a program like simulate, and explain the score rule by rule.')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm strategy explain --template bonus_por_velocidad --set all.avg_time=10',
    )
    .action(async (file: string | undefined, flags: RunFlags) => {
      const { program, simulation, failure } = await attempt(io, file, flags)
      const phases = explainPhases(program, simulation?.phases ?? failure?.partialPhases ?? [])
      const told = failure ? `${failure.code ?? failure.kind}: ${failure.message}` : undefined
      if (flags.json) printJson(io, { ok: failure === undefined, failure: told ?? null, phases })
      else io.out(formatExplanation(phases, simulation, told))
      if (failure) io.exit(EXIT.failed)
    })
}

interface Ran {
  readonly program: Program
  readonly simulation: Simulation
}

async function run(io: Io, file: string | undefined, flags: RunFlags): Promise<Ran> {
  const { program, simulation, failure } = await attempt(io, file, flags)
  if (failure) throw toAppError(failure)
  if (!simulation) throw new AppError('STRATEGY_FAILED', 'the program produced no result')
  return { program, simulation }
}

interface Attempt {
  readonly program: Program
  readonly simulation?: Simulation
  readonly failure?: DslError
}

async function attempt(io: Io, file: string | undefined, flags: RunFlags): Promise<Attempt> {
  const limits = readLimits(flags)
  const source = readSource(file, flags.template, limits)
  const { options, timeoutMs } = await prepareSimulation(io, source, { ...flags, ...limits })
  const program = validateSource(source, limits)
  try {
    const simulation = await simulate(program, options)
    warn(io, pointsWarnings(simulation.points))
    return { program, simulation }
  } catch (error) {
    const failure = withTimeoutCode(error, timeoutMs)
    if (failure instanceof DslError) return { program, failure }
    const { parent } = options
    if (!parent || failure instanceof AppError || !(failure instanceof Error)) throw failure
    throw new AppError('STRATEGY_FAILED', `the parent strategy ${parent.id} failed: ${failure.message}`, {
      cause: failure,
      hint: 'Check parent_variables, and the code of the parent if it is a plug-in.',
    })
  }
}
