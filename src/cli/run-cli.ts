// Finds the command group, lets commander parse, and turns whatever comes out into an exit status.
import { Command, CommanderError } from 'commander'
import { readConfig } from '../config.ts'
import { builtInWorlds } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import {
  type ConfigFile,
  createConfiguredRegistry,
  fileVariables,
  readConfigFile,
  takeConfigFlag,
} from './config-file.ts'
import { GROUPS } from './groups.ts'
import { EXIT, type Io, printJson, toFailure } from './io.ts'
import { readVersion } from './version.ts'

const EXAMPLES = `
Examples:
  paracosm serve                              start the server with something to watch
  paracosm run paint-arena sweep greedy       play one match here and now
  paracosm world list                         which worlds there are
  paracosm init world my-world                begin a world of your own
  paracosm replay verify journal.jsonl        prove a recording

Exit status: 0 fine, 1 a run or check failed, 2 wrong usage or input, 70 a bug in paracosm.`

/** Groups that name no world: they start although a world of the configuration file does not load. */
const WITHOUT_WORLDS: readonly (string | undefined)[] = [
  'admin',
  'config',
  'coworld',
  'doctor',
  'init',
  'play',
  'strategy',
]

/** What stands in the environment and in paracosm.config.ts, read once. */
async function readSettings(
  named: string | undefined,
  wanted: string | undefined,
): Promise<Pick<Io, 'config' | 'configFile' | 'worlds'>> {
  const folder = process.cwd()
  const configFile: ConfigFile | undefined = await readConfigFile(named, folder)
  const worlds = WITHOUT_WORLDS.includes(wanted)
    ? builtInWorlds(folder)
    : await createConfiguredRegistry(configFile, folder)
  return { config: readConfig(configFile && fileVariables(configFile)), configFile, worlds }
}

/** Help and version are printed whatever the configuration file says. */
const isHelp = (argv: readonly string[]): boolean =>
  argv.length === 0 || argv[0] === 'help' || argv.some((each) => ['-h', '--help', '-V', '--version'].includes(each))

function createIo(settings: Pick<Io, 'config' | 'configFile' | 'worlds'>): { io: Io; status: () => number } {
  let status: number = EXIT.ok
  let progressShown = false
  const abort = new AbortController()
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(130)
    abort.abort(new AppError('INTERRUPTED', 'interrupted'))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  process.on('SIGHUP', interrupt)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader such as `head` that has seen enough is not a failure.
    if (error.code === 'EPIPE') process.exit(status)
    throw error
  })
  const isTerminal = process.stderr.isTTY === true
  const clear = (): void => {
    if (progressShown) process.stderr.write('\r\u001b[K')
    progressShown = false
  }
  const io: Io = {
    ...settings,
    out(line) {
      clear()
      process.stdout.write(`${line}\n`)
    },
    err(line) {
      clear()
      process.stderr.write(`${line}\n`)
    },
    progress(line) {
      if (!isTerminal) return
      process.stderr.write(`\r\u001b[K${line}`)
      progressShown = true
    },
    isTerminal,
    signal: abort.signal,
    exit(next) {
      status = next
    },
  }
  return { io, status: () => status }
}

async function createProgram(io: Io, wanted: string | undefined): Promise<Command> {
  const program = new Command('paracosm')
    .description('Build simulated worlds, put people and AI agents in them, and get evidence out.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    // Taken from the command line before commander sees it; here for the help.
    .option('--config <file>', 'settings; default: paracosm.config.ts (or .js, .mjs) of the current folder')
    .addHelpText('after', EXAMPLES)
  for (const group of GROUPS) {
    if (group.name === wanted) program.addCommand((await group.load()).createCommand(io))
    else program.command(group.name).description(group.summary)
  }
  program.exitOverride()
  for (const command of program.commands) overrideExit(command)
  return program
}

function overrideExit(command: Command): void {
  command.exitOverride()
  command.showHelpAfterError('(add --help for what the command takes)')
  for (const child of command.commands) overrideExit(child)
}

/** Runs one command line. Returns the exit status; never throws. */
export async function runCli(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json')
  const shape = failureShape(words)
  let io: Io | undefined
  try {
    const { named, rest: argv } = takeConfigFlag(words)
    const wanted = argv.find((each) => !each.startsWith('-'))
    const settings = isHelp(argv)
      ? { config: readConfig(), configFile: undefined, worlds: builtInWorlds() }
      : await readSettings(named, wanted)
    const created = createIo(settings)
    io = created.io
    const program = await createProgram(io, wanted === 'help' ? argv[1] : wanted)
    if (argv.length === 0) {
      program.outputHelp()
      return EXIT.ok
    }
    await program.parseAsync([...argv], { from: 'user' })
    return created.status()
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok
      if (isJson) printProblem(io, usageProblem(error), shape)
      return EXIT.usage
    }
    const { problem, status } = toFailure(error)
    if (isJson) printProblem(io, { ...problem }, shape)
    process.stderr.write(`error ${problem.code}: ${problem.message}\n  fix: ${problem.hint}\n`)
    return status
  }
}

/** What a failure's document holds beside `ok` and `error`: a report of `headless` has its whole shape even then. */
function failureShape(words: readonly string[]): Readonly<Record<string, unknown>> {
  const isReport = words.find((each) => !each.startsWith('-')) === 'headless'
  return isReport ? { source: null, steps: [], summary: null } : {}
}

/** As JSON, also when the command line failed before there was an Io. */
function printProblem(
  io: Io | undefined,
  problem: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, unknown>>,
): void {
  const value = { ok: false, error: problem, ...shape }
  if (Object.keys(shape).length > 0) process.stdout.write(`${JSON.stringify(value)}\n`)
  else if (io) printJson(io, value)
  else process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

function usageProblem(error: CommanderError): { code: string; message: string; hint: string } {
  const message = error.message.replace(/^error: /, '')
  return { code: 'USAGE', message, hint: 'Run the command with --help to see what it takes.' }
}
