// `paracosm eval`: plays policies against each other on the same seeds, and reports which is better, with confidence
// intervals.
import { Command, InvalidArgumentError, Option } from 'commander'
import { compareStored } from './eval/compare.ts'
import { listEvaluations, removeEvaluation, resumeEvaluation, showEvaluation } from './eval/manage.ts'
import { type EvalOptions, evaluate } from './eval/run.ts'
import { verifyStored } from './eval/verify.ts'
import { workOn } from './eval/worker.ts'
import type { Io } from './io.ts'
import { collect, parseCount, parseRate, parseSeed } from './options.ts'

const EXAMPLES = `
Policies: a bot by name, cmd:<command>, image:<image>, agent:scripted, agent:random, model:<name>; name=<policy> renames one.

Examples:
  paracosm eval paint-arena greedy random sweep --episodes 200
  paracosm eval paint-arena greedy "mine=cmd:python3 player.py" --episodes 40 --variant default --variant duel
  paracosm eval paint-arena greedy sweep --opponent random --until-decided
  paracosm eval --file evaluation.yaml -o results
  paracosm eval compare eval-20261121-100000-1f3a9c04 eval-20261121-110000-77d01b2e
  paracosm eval verify results

An interrupt keeps every episode that has ended: paracosm eval resume <id> plays the rest.`

/** The command group `eval`. */
export function createCommand(io: Io): Command {
  const group = withOutput(
    new Command('eval')
      .description('Compare policies on paired seeds and in every order of slots, with intervals and ratings.')
      .argument('[world]', 'a world by id, path or package')
      .argument('[policies...]', 'the policies to compare')
      .option('--file <file>', 'a YAML or JSON file with the same settings')
      .option('--episodes <n>', 'minimum number of episodes; default: 100', parseCount)
      .option('--variant <id>', 'play this variant (repeatable)', collect, [])
      .option('--opponent <policy>', 'play against this policy only (repeatable)', collect, [])
      .option('--set <key=value>', 'set a key of the configuration, as JSON or text (repeatable)', collect, [])
      .option('--seed <n>', 'seed of the evaluation; default: 1', parseSeed)
      .option('--tick-rate <n>', 'steps per second with players outside this process; default: 20', parseRate)
      .option('--timeout <seconds>', 'time limit of one episode; default: 600', parseCount)
      .addOption(
        new Option('--until-decided [confidence]', 'stop when every pair is decided')
          .argParser(parseConfidence)
          .preset('0.95'),
      )
      .option('--max-usd <n>', 'stop when models have cost this much', parseAmount),
  )
    .option('--workers <n>', 'number of worker processes; default: one per core', parseCount)
    .addHelpText('after', EXAMPLES)
    .action((world: string | undefined, policies: string[], options: EvalOptions) =>
      evaluate(io, { world, policies, options }),
    )
  group.addCommand(resumeCommand(io))
  group.addCommand(showCommand(io))
  group.addCommand(listCommand(io))
  group.addCommand(compareCommand(io))
  group.addCommand(verifyCommand(io))
  group.addCommand(removeCommand(io))
  group.addCommand(workerCommand(io), { hidden: true })
  return withData(io, group)
}

function withData(io: Io, command: Command): Command {
  return command.option('--data <folder>', 'where evaluations are stored', io.config.PARACOSM_DATA)
}

function withOutput(command: Command): Command {
  return command
    .option('-o, --output-dir <folder>', 'write report, rows and journals to this folder')
    .option('--json', 'print the report as JSON')
    .option('--csv', 'print CSV, one line per policy')
    .option('--markdown', 'print tables in Markdown')
}

function resumeCommand(io: Io): Command {
  return withData(io, withOutput(new Command('resume')))
    .description('Play the rest of an interrupted evaluation.')
    .addHelpText('after', '\nExample:\n  paracosm eval resume eval-20261121-100000-1f3a9c04')
    .argument('<id>', 'id of an evaluation')
    .option('--workers <n>', 'number of worker processes; default: one per core', parseCount)
    .action((id: string, _: unknown, command: Command) => resumeEvaluation(io, id, command.optsWithGlobals()))
}

function showCommand(io: Io): Command {
  return withData(io, withOutput(new Command('show')))
    .description('Print the report of an evaluation again.')
    .addHelpText('after', '\nExample:\n  paracosm eval show eval-20261121-100000-1f3a9c04')
    .argument('<evaluation>', 'an id, or a folder written with -o')
    .action((id: string, _: unknown, command: Command) => showEvaluation(io, id, command.optsWithGlobals()))
}

function listCommand(io: Io): Command {
  return withData(io, new Command('list'))
    .description('List evaluations, newest first.')
    .addHelpText('after', '\nExample:\n  paracosm eval list')
    .option('--limit <n>', 'maximum number of evaluations', parseCount, 20)
    .option('--json', 'print JSON')
    .action((_: unknown, command: Command) => listEvaluations(io, command.optsWithGlobals()))
}

function compareCommand(io: Io): Command {
  return withData(io, new Command('compare'))
    .description('Compare two evaluations on the same seeds, with a paired test.')
    .addHelpText('after', '\nExample:\n  paracosm eval compare first second')
    .argument('<first>', 'an id, or a folder written with -o')
    .argument('<second>', 'another one')
    .option('--json', 'print JSON')
    .action((first: string, second: string, _: unknown, command: Command) =>
      compareStored(io, [first, second], command.optsWithGlobals()),
    )
}

function verifyCommand(io: Io): Command {
  return withData(io, new Command('verify'))
    .description('Recompute every number of a report from its journals.')
    .addHelpText('after', '\nExample:\n  paracosm eval verify results')
    .argument('<evaluation>', 'an id, or a folder written with -o')
    .option('--json', 'print JSON')
    .action((id: string, _: unknown, command: Command) => verifyStored(io, id, command.optsWithGlobals()))
}

function removeCommand(io: Io): Command {
  return withData(io, new Command('remove'))
    .description('Delete an evaluation and its journals.')
    .addHelpText('after', '\nExample:\n  paracosm eval remove eval-20261121-100000-1f3a9c04')
    .argument('<id>', 'id of an evaluation')
    .option('--json', 'print JSON')
    .action((id: string, _: unknown, command: Command) => removeEvaluation(io, id, command.optsWithGlobals()))
}

function workerCommand(io: Io): Command {
  return withData(io, new Command('worker'))
    .description('Work on an evaluation until stopped. `eval` starts workers by itself.')
    .addHelpText('after', '\nExample:\n  paracosm eval worker eval-20261121-100000-1f3a9c04')
    .argument('<id>', 'id of an evaluation')
    .option('--attached', 'stop when the parent process ends')
    .action((id: string, _: unknown, command: Command) => workOn(io, id, command.optsWithGlobals()))
}

function parseConfidence(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0.5 && value <= 0.999_999) return value
  throw new InvalidArgumentError('Give a confidence from 0.5 to 0.999999, such as 0.95.')
}

function parseAmount(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1_000_000) return value
  throw new InvalidArgumentError('Give an amount of US dollars above 0.')
}
