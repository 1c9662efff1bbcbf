// `paracosm headless`: a world as one process, JSON in and JSON out, for agents, scripts and debugging.
import { Command, InvalidArgumentError } from 'commander'
import { PROFILES, type Profile, runHeadless } from '../adapters/headless/run.ts'
import { listScenarios } from '../adapters/headless/scenarios.ts'
import { DOCUMENT_NAMES, type DocumentName, emitDocument } from '../adapters/headless/schemas.ts'
import { AppError } from '../kernel/errors.ts'
import { type HeadlessReport, TICK_LIMIT, VICTORY_TICKS } from '../protocol/headless.ts'
import { failedReport, formatReport, formatScenarios } from './headless-report.ts'
import { EXIT, type Io, printJson, toFailure } from './io.ts'
import { parseSeed } from './options.ts'
import { WORLD_HELP } from './world-names.ts'

interface Options {
  readonly world: string
  readonly listScenarios?: boolean
  readonly scenario?: string
  readonly load?: string
  readonly seed?: number
  readonly ticks?: number
  readonly untilVictory?: number | true
  readonly commandFile?: string
  readonly inspectPart?: number
  readonly emitTrace?: string
  readonly save?: string
  readonly json?: boolean
  readonly jsonProfile: Profile
  readonly schema?: DocumentName
}

const EXAMPLES = `
Examples:
  paracosm headless --list-scenarios --json
  paracosm headless --scenario first_slice --ticks 20 --json --json-profile summary
  paracosm headless --scenario first_slice --command-file script.json --emit-trace trace.jsonl --save run.json --json
  paracosm headless --load run.json --inspect-part 12 --json --json-profile inspect
  paracosm headless --schema commands
  paracosm headless --world ./my-world.ts --ticks 20 --json

Exit status: 0 all steps succeeded; 1 a step or an inspection failed; 2 wrong usage, or an unreadable, malformed or
inconsistent file. With --json, standard output is exactly one JSON document.`

export function createCommand(io: Io): Command {
  return new Command('headless')
    .description('Drive a world from a script: JSON in, JSON out, without a server.')
    .option('--world <world>', WORLD_HELP, 'foundry')
    .option('--list-scenarios', 'list the scenarios of the world')
    .option('--scenario <id>', 'start from a scenario; default: the first')
    .option('--load <path>', 'start from a save file instead')
    .option('--seed <n>', "seed of the run; default: the scenario's own", parseSeed)
    .option('--ticks <n>', `advance this many ticks after the script, at most ${TICK_LIMIT}`, parseTicks)
    .option(
      '--until-victory [max]',
      `advance until the objective is complete, or this many ticks (default: ${VICTORY_TICKS})`,
      parseTicks,
    )
    .option('--command-file <path>', 'script to run; - is standard input')
    .option('--inspect-part <id>', 'include the inspection of one part', parsePart)
    .option('--emit-trace <path>', 'write one line of JSON per step')
    .option('--save <path>', 'write the final state as a save file')
    .option('--json', 'print one JSON document')
    .option('--json-profile <profile>', `amount of detail: ${PROFILES.join(', ')}`, parseProfile, 'full')
    .option(
      '--schema <name>',
      `print a JSON Schema, or the catalogue of the world: ${DOCUMENT_NAMES.join(', ')}`,
      parseDocumentName,
    )
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => act(io, options))
}

function parseWhole(text: string, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && value <= max) return value
  throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`)
}

const parseTicks = (text: string): number => parseWhole(text, TICK_LIMIT)
const parsePart = (text: string): number => parseWhole(text, Number.MAX_SAFE_INTEGER)

function parseProfile(text: string): Profile {
  return oneOf(PROFILES, text)
}

function parseDocumentName(text: string): DocumentName {
  return oneOf(DOCUMENT_NAMES, text)
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((each) => each === text)
  if (found === undefined) throw new InvalidArgumentError(`Give one of ${known.join(', ')}.`)
  return found
}

async function act(io: Io, options: Options): Promise<void> {
  try {
    const world = await io.worlds.load(options.world)
    if (options.schema) {
      printJson(io, emitDocument(options.schema, world))
      return
    }
    if (options.listScenarios) {
      if (options.scenario !== undefined || options.load !== undefined) {
        throw new AppError('USAGE', '--list-scenarios cannot be combined with --scenario or --load')
      }
      const listing = listScenarios(world)
      if (options.json) io.out(JSON.stringify(listing))
      else for (const line of formatScenarios(listing, io.columns)) io.out(line)
      return
    }
    const report = await runHeadless(world, {
      scenario: options.scenario,
      load: options.load,
      seed: options.seed,
      commandFile: options.commandFile,
      ticks: options.ticks,
      untilVictory: options.untilVictory === true ? VICTORY_TICKS : options.untilVictory,
      inspectPart: options.inspectPart,
      trace: options.emitTrace,
      save: options.save,
      profile: options.jsonProfile,
      signal: io.signal,
    })
    print(io, options, report)
    if (!report.ok) io.exit(EXIT.failed)
  } catch (error) {
    // Other commands leave this to the caller; here even a failure has the shape of a report.
    if (!(error instanceof AppError) || !options.json) throw error
    const { problem, status } = toFailure(error)
    io.err(`error ${problem.code}: ${problem.message}\n  fix: ${problem.hint}`)
    io.out(JSON.stringify(failedReport({ ...problem })))
    io.exit(status)
  }
}

function print(io: Io, options: Options, report: HeadlessReport): void {
  if (options.json) {
    // One line: a whole world in it may be many megabytes.
    io.out(JSON.stringify(report))
    return
  }
  for (const line of formatReport(report)) io.out(line)
  if (report.error) io.err(`error ${report.error.code}: ${report.error.message}`)
}
