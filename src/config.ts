// Reads the environment; nothing else does. Parsed once, frozen, and passed down from the entry point.

import { z } from 'zod'
import { AppError } from './kernel/errors.ts'
import { describeIssue } from './kernel/parse.ts'

const Text = z.string().min(1).optional()

/** Every environment variable that paracosm itself reads; `docs/configuration.md` describes each. */
const Environment = z.object({
  PARACOSM_DATA: z.string().min(1).default('./data'),
  PARACOSM_HOST: z.string().min(1).default('127.0.0.1'),
  PARACOSM_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  PARACOSM_CONTAINER_ENGINE: Text,
  PARACOSM_PII_KEY: Text,
  PARACOSM_PII_NEW_KEY: Text,
  PARACOSM_PAGES: z.enum(['fresh', 'built']).default('fresh'),
  PARACOSM_BROWSER: Text,
  PARACOSM_AGENT_TOKEN: Text,
  PARACOSM_KEY: Text,
  XDG_CONFIG_HOME: Text,
  DATABASE_URL: Text,
  PARACOSM_ADMIN_KEY: Text,
  PARACOSM_BOOTSTRAP_TOKEN: Text,
  FLY_API_TOKEN: Text,
  PARACOSM_FLYCTL: Text,
  PARACOSM_SSH: Text,
  PARACOSM_ALLOW_REPLAY: Text,
  PARACOSM_MODEL: Text,
  PARACOSM_OPENER_MODEL: Text,
  PARACOSM_UPDATER_MODEL: Text,
  PARACOSM_VALIDATOR_MODEL: Text,
  PARACOSM_SCORER_MODEL: Text,
  OPENROUTER_API_KEY: Text,
  OPENAI_BASE_URL: Text,
  OPENAI_API_KEY: Text,
  NO_COLOR: z.string().optional(),
  COWORLD_TOKEN: Text,
  RULESET_STRATEGY_CONFIG_PATH: Text,
  RULESET_STRATEGY_CONFIG_NAME: z.string().optional(),
  COGAME_CONFIG_URI: Text,
  COGAME_RESULTS_URI: Text,
  COGAME_SAVE_REPLAY_URI: Text,
  COGAME_REPLAY_SERVER: Text,
  COGAME_LOAD_REPLAY_URI: Text,
  COGAME_HOST: z.string().min(1).default('0.0.0.0'),
  COGAME_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  COGAMES_ENGINE_WS_URL: Text,
  COWORLD_PLAYER_WS_URL: Text,
})
export type Config = Readonly<z.infer<typeof Environment>>

/**
 * Reads the configuration from `environment`, with `defaults` for what is not set there.
 * @throws AppError USAGE naming the variable that does not parse
 */
export function readConfig(
  defaults: Readonly<Record<string, string>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const parsed = Environment.safeParse({ ...defaults, ...environment })
  if (parsed.success) return Object.freeze(parsed.data)
  throw new AppError('USAGE', `environment variable ${describeIssue(parsed.error, 'list')}`, {
    hint: 'Correct or unset the variable; docs/configuration.md lists them all.',
  })
}

/** One variable that a configuration file names. */
export function readVariable(name: string): string | undefined {
  return process.env[name]
}

/** Which variables are read, in their order. */
export const VARIABLES: readonly (keyof Config)[] = Environment.keyof().options

/** The whole environment, for child processes that inherit it. */
export function inheritedEnvironment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
