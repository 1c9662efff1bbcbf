// `paracosm/config`: the shape of paracosm.config.ts. The command line reads the file: src/cli/config-file.ts.
import type { World } from '../kernel/world.ts'
import type { StrategySpec } from '../strategy/strategy.ts'

/** Models by role, for text games. Keys are not allowed in the file: they come only from the environment. */
export interface ModelSettings {
  /** Default model of all roles, by its name at the endpoint. */
  readonly default?: string | undefined
  /** Model that opens scenes. */
  readonly opener?: string | undefined
  /** Model that decides what characters do. */
  readonly updater?: string | undefined
  /** Model that validates moves. */
  readonly validator?: string | undefined
  /** Model that scores. */
  readonly scorer?: string | undefined
  /** Name of the environment variable that holds the base URL of an OpenAI-compatible endpoint. */
  readonly baseUrlEnv?: string | undefined
}

/** Storage of episodes, players and logs. */
export interface StorageSettings {
  /** Data folder; a relative one starts at the folder of the file. Default: './data' of the current folder. */
  readonly folder?: string | undefined
  /** Name of the environment variable that holds a postgres:// URL; without it the store is a file in the folder. */
  readonly databaseUrlEnv?: string | undefined
}

/** Where servers listen. */
export interface ListenSettings {
  /** Address, such as '0.0.0.0'. Default: '127.0.0.1'. */
  readonly host?: string | undefined
  /** Port, 0 to 65535; 0 picks any free one. Default: 8080. */
  readonly port?: number | undefined
}

/** What `paracosm.config.ts` exports as default. Everything is optional; the environment and flags override it. */
export interface ParacosmConfig {
  /** Worlds beside the built-in ones: values, paths of modules (relative to the file), or names of packages. */
  readonly worlds?: readonly (string | World)[] | undefined
  /** Strategies beside the built-in ones: values, or modules and packages that export them as `strategies`. */
  readonly strategies?: readonly (string | StrategySpec)[] | undefined
  /** Files of characters that `paracosm serve` loads at each start, as `paracosm admin character import` reads them. */
  readonly characters?: readonly string[] | undefined
  readonly models?: ModelSettings | undefined
  readonly storage?: StorageSettings | undefined
  readonly server?: ListenSettings | undefined
}

/**
 * Returns the configuration unchanged; it exists for its types.
 *
 * @example
 * import { defineConfig } from 'paracosm/config'
 *
 * export default defineConfig({
 *   worlds: ['./worlds/harvest.ts', '@lab/tragedy'],
 *   models: { default: 'qwen3:8b', scorer: 'gpt-5-mini', baseUrlEnv: 'LAB_MODELS_URL' },
 *   storage: { folder: './data', databaseUrlEnv: 'LAB_DATABASE_URL' },
 * })
 */
export function defineConfig(config: ParacosmConfig): ParacosmConfig {
  return config
}
