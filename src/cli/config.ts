// `paracosm config show`: every setting, and whether a flag, the environment, the file or a default gave it.
import { Command } from 'commander'
import { type Config, readVariable, VARIABLES } from '../config.ts'
import { fileVariables } from './config-file.ts'
import { type Io, printJson } from './io.ts'
import { parsePort } from './options.ts'
import { printTable } from './table.ts'

/** Names of settings in `config show`, by variable; the others use the variable's name. */
const KEYS: Partial<Readonly<Record<keyof Config, string>>> = {
  PARACOSM_DATA: 'storage.folder',
  DATABASE_URL: 'storage.databaseUrl',
  PARACOSM_HOST: 'server.host',
  PARACOSM_PORT: 'server.port',
  PARACOSM_MODEL: 'models.default',
  PARACOSM_OPENER_MODEL: 'models.opener',
  PARACOSM_UPDATER_MODEL: 'models.updater',
  PARACOSM_VALIDATOR_MODEL: 'models.validator',
  PARACOSM_SCORER_MODEL: 'models.scorer',
  OPENAI_BASE_URL: 'models.baseUrl',
}

/** Variables whose values are never printed. */
const SECRET = /KEY|TOKEN|DATABASE_URL|_WS_URL$/

interface Flags {
  readonly data?: string
  readonly host?: string
  readonly port?: number
  readonly model?: string
  readonly openerModel?: string
  readonly updaterModel?: string
  readonly validatorModel?: string
  readonly scorerModel?: string
  readonly baseUrl?: string
  readonly json?: boolean
}

interface Row {
  readonly key: string
  readonly value: string | number | readonly string[] | null
  readonly origin: 'default' | 'file' | 'environment' | 'flag'
  /** The flag, the variable or the file. */
  readonly source: string | null
}

export function createCommand(io: Io): Command {
  const show = new Command('show')
    .description('Print every setting and its origin: default, file, environment or flag. Secrets are hidden.')
    .option('--data <folder>', 'as for other commands')
    .option('--host <host>', 'as for other commands')
    .option('--port <port>', 'as for other commands', parsePort)
    .option('--model <name>', 'as for other commands')
    .option('--opener-model <name>', 'as for other commands')
    .option('--updater-model <name>', 'as for other commands')
    .option('--validator-model <name>', 'as for other commands')
    .option('--scorer-model <name>', 'as for other commands')
    .option('--base-url <url>', 'as for other commands')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Flags override the environment, the environment overrides the file, and the file overrides defaults.

Examples:
  paracosm config show
  paracosm config show --config ./lab.config.ts --port 9000 --json`,
    )
    .action((flags: Flags) => print(io, flags))
  return new Command('config')
    .description('Show the settings from flags, environment and paracosm.config.ts.')
    .addHelpText('after', '\nExample:\n  paracosm config show')
    .addCommand(show)
}

function print(io: Io, flags: Flags): void {
  const rows = [...listRows(io), ...settingRows(io, flags)]
  const file = io.configFile?.path ?? null
  if (flags.json) {
    printJson(io, { ok: true, file, settings: rows })
    return
  }
  io.out(`File: ${file ?? 'none'}`)
  printTable(io, ['Setting', 'Value', 'Origin'], rows.map(formatRow))
}

function formatRow({ key, value, origin, source }: Row): string[] {
  const shown = Array.isArray(value) ? value.join(', ') : String(value ?? '')
  return [key, shown === '' ? '-' : shown, origin === 'default' || origin === 'file' ? origin : `${origin} ${source}`]
}

function listRows({ configFile }: Io): Row[] {
  const { worlds, strategies, characters } = configFile?.config ?? {}
  const idOf = (each: string | { readonly id: string }): string => (typeof each === 'string' ? each : each.id)
  const row = (key: string, value: readonly string[] | undefined): Row => ({
    key,
    value: value ?? [],
    origin: value === undefined ? 'default' : 'file',
    source: value === undefined ? null : (configFile?.path ?? null),
  })
  return [row('worlds', worlds?.map(idOf)), row('strategies', strategies?.map(idOf)), row('characters', characters)]
}

function settingRows(io: Io, flags: Flags): Row[] {
  const fromFile = io.configFile ? fileVariables(io.configFile) : {}
  const given = flagValues(flags)
  return VARIABLES.map((variable) => {
    const key = KEYS[variable] ?? variable
    const flag = given.find(([name]) => name === variable)
    if (flag) return { key, value: flag[2] ?? null, origin: 'flag', source: flag[1] }
    const { [variable]: known } = io.config
    const value = known !== undefined && SECRET.test(variable) ? '(set)' : (known ?? null)
    if (readVariable(variable) !== undefined) return { key, value, origin: 'environment', source: variable }
    if (fromFile[variable] !== undefined) return { key, value, origin: 'file', source: io.configFile?.path ?? null }
    return { key, value, origin: 'default', source: null }
  })
}

type FlagValue = readonly [variable: keyof Config, flag: string, value: string | number | undefined]

function flagValues(flags: Flags): readonly FlagValue[] {
  const all: readonly FlagValue[] = [
    ['PARACOSM_DATA', '--data', flags.data],
    ['PARACOSM_HOST', '--host', flags.host],
    ['PARACOSM_PORT', '--port', flags.port],
    ['PARACOSM_MODEL', '--model', flags.model],
    ['PARACOSM_OPENER_MODEL', '--opener-model', flags.openerModel],
    ['PARACOSM_UPDATER_MODEL', '--updater-model', flags.updaterModel],
    ['PARACOSM_VALIDATOR_MODEL', '--validator-model', flags.validatorModel],
    ['PARACOSM_SCORER_MODEL', '--scorer-model', flags.scorerModel],
    ['OPENAI_BASE_URL', '--base-url', flags.baseUrl],
  ]
  return all.filter(([, , value]) => value !== undefined)
}
