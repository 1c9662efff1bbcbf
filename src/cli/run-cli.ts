// Runs one command line and returns its exit status.
import { readConfig } from '../config.ts'
import { builtInWorlds } from '../host/world-registry.ts'
import {
  type ConfigFile,
  createConfiguredRegistry,
  fileVariables,
  readConfigFile,
  takeConfigFlag,
} from './config-file.ts'
import { reportFailure } from './failure.ts'
import { EXIT, type Io } from './io.ts'
import { registerOwnModules } from './own-modules.ts'
import { createProcessIo } from './process-io.ts'
import { createProgram } from './program.ts'

/** Groups that do not use worlds. They start even if a world of the configuration file does not load. */
const WITHOUT_WORLDS: readonly (string | undefined)[] = [
  'admin',
  'config',
  'coworld',
  'doctor',
  'init',
  'play',
  'strategy',
]

/** Reads the environment and paracosm.config.ts, once. */
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

/** Help and version are printed even if the configuration file is invalid. */
const isHelp = (argv: readonly string[]): boolean =>
  argv.length === 0 || argv.some((each) => ['-h', '--help', '-V', '--version'].includes(each))

/** Runs one command line. Returns the exit status; never throws. */
export async function runCli(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json')
  let io: Io | undefined
  try {
    const { named, rest } = takeConfigFlag(words)
    const argv = rest[0] === 'help' ? [...rest.slice(1), '--help'] : rest
    const wanted = argv.filter((each) => !each.startsWith('-'))
    registerOwnModules()
    const settings = isHelp(argv)
      ? { config: readConfig(), configFile: undefined, worlds: builtInWorlds() }
      : await readSettings(named, wanted[0])
    const created = createProcessIo(settings)
    io = created.io
    const program = await createProgram(io, wanted)
    if (argv.length === 0) {
      program.outputHelp()
      return EXIT.ok
    }
    await program.parseAsync([...argv], { from: 'user' })
    return created.status()
  } catch (error) {
    const isHeadless = words.find((each) => !each.startsWith('-')) === 'headless'
    return reportFailure(error, { isJson, io, isHeadless })
  }
}
