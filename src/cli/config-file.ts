// paracosm.config.ts: finds it, reads it, and maps its values to environment variables.
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ParacosmConfig } from '../api/config.ts'
import { readVariable } from '../config.ts'
import { isWorld } from '../host/world-modules.ts'
import { locateModule } from '../host/world-paths.ts'
import { createWorldRegistry, type WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import { ParacosmConfigFile } from './config-schema.ts'

const NAMES = ['paracosm.config.ts', 'paracosm.config.mts', 'paracosm.config.js', 'paracosm.config.mjs'] as const

/** A configuration file that was read. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  readonly config: ParacosmConfig
}

/** The flag may come before or after the command; commander parses the rest. */
export function takeConfigFlag(argv: readonly string[]): {
  readonly named: string | undefined
  readonly rest: string[]
} {
  const end = argv.indexOf('--')
  const at = argv.findIndex((each, index) => (end < 0 || index < end) && /^--config(?:=|$)/.test(each))
  const flag = argv[at]
  if (flag === undefined) return { named: undefined, rest: [...argv] }
  const isJoined = flag.startsWith('--config=')
  const named = isJoined ? flag.slice('--config='.length) : argv[at + 1]
  if (named === undefined || named === '') throw new AppError('USAGE', '--config needs the path of a file')
  return { named, rest: argv.toSpliced(at, isJoined ? 1 : 2) }
}

/**
 * Reads the named file, or the one in `folder`; undefined: there is none.
 * @throws AppError FILE_UNREADABLE, CONFIG_INVALID naming file and key
 */
export async function readConfigFile(named: string | undefined, folder: string): Promise<ConfigFile | undefined> {
  const candidates = named === undefined ? NAMES.map((name) => join(folder, name)) : [resolve(folder, named)]
  const path = candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
  if (path !== undefined) return { path, config: parseFile(path, await importFile(path)) }
  if (named === undefined) return undefined
  throw new AppError('FILE_UNREADABLE', `there is no configuration file ${named}`)
}

async function importFile(path: string): Promise<unknown> {
  try {
    const loaded: unknown = await import(pathToFileURL(path).href)
    return typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, 'default') : undefined
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('CONFIG_INVALID', `${path} cannot be loaded: ${message}`, {
      cause,
      hint: 'Run the file with node to see the whole error.',
    })
  }
}

function parseFile(path: string, value: unknown): ParacosmConfig {
  if (value === undefined) {
    throw new AppError('CONFIG_INVALID', `${path} has no default export`, {
      hint: 'Write: export default defineConfig({ … }), with defineConfig from paracosm/config.',
    })
  }
  const parsed = ParacosmConfigFile.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const key = [...(issue?.path ?? []), ...unknown].map(String).join('.') || 'the default export'
  const isSecret = unknown.some((name) => /key|token|secret|password/i.test(name))
  throw new AppError('CONFIG_INVALID', `${path}: ${key}: ${issue?.message ?? 'invalid'}`, {
    details: { file: path, key },
    ...(isSecret
      ? { hint: 'Keys are not allowed in the file: set them in the environment, such as OPENAI_API_KEY.' }
      : {}),
  })
}

/**
 * The file's values as the environment variables that they stand for.
 * @throws AppError CONFIG_INVALID for a named variable that is not set
 */
export function fileVariables({ path, config }: ConfigFile): Readonly<Record<string, string>> {
  const { models = {}, storage = {}, server = {} } = config
  const named = (key: string, name: string | undefined): string | undefined => {
    const value = name === undefined ? undefined : readVariable(name)
    if (name === undefined || value !== undefined) return value
    throw new AppError('CONFIG_INVALID', `${path}: ${key}: the environment variable ${name} is not set`, {
      hint: `Set ${name}, or remove ${key} from the file.`,
      details: { file: path, key },
    })
  }
  const values = {
    PARACOSM_DATA: storage.folder === undefined ? undefined : resolve(dirname(path), storage.folder),
    DATABASE_URL: named('storage.databaseUrlEnv', storage.databaseUrlEnv),
    PARACOSM_HOST: server.host,
    PARACOSM_PORT: server.port?.toString(),
    PARACOSM_MODEL: models.default,
    PARACOSM_OPENER_MODEL: models.opener,
    PARACOSM_UPDATER_MODEL: models.updater,
    PARACOSM_VALIDATOR_MODEL: models.validator,
    PARACOSM_SCORER_MODEL: models.scorer,
    OPENAI_BASE_URL: named('models.baseUrlEnv', models.baseUrlEnv),
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/**
 * The built-in worlds and those of the file. Other names are looked up from `folder`.
 * @throws AppError CONFIG_INVALID for a module that is missing, WORLD_INVALID for one that does not load
 */
export async function createConfiguredRegistry(file: ConfigFile | undefined, folder: string): Promise<WorldRegistry> {
  const named = file?.config.worlds ?? []
  const worlds: World[] = named.filter(isWorld)
  const modules = named.flatMap((each, index) => {
    if (typeof each !== 'string' || file === undefined) return []
    return [moduleOfFile(file, `worlds.${index}`, each)]
  })
  return createWorldRegistry({ worlds, modules, from: folder })
}

/** @throws AppError CONFIG_INVALID */
export function moduleOfFile({ path }: ConfigFile, key: string, name: string): string {
  const found = locateModule(name, dirname(path))
  if (found !== undefined) return found
  throw new AppError('CONFIG_INVALID', `${path}: ${key}: there is no module or package ${name}`, {
    hint: 'Correct the path, which starts at the folder of the file, or install the package.',
    details: { file: path, key },
  })
}
