// Strategies written in TypeScript, by id: this package's own and those of plug-ins. Programs are not included: they
// are stored, and found by `custom:<id>`. Contract: sections 9.1 and 9.2 of the language.
import { z } from 'zod'
import { unknownName } from '../kernel/closest.ts'
import { AppError } from '../kernel/errors.ts'
import type { JsonValue } from '../protocol/json.ts'
import { BUILT_INS } from './built-ins.ts'
import { kindOf } from './errors.ts'
import { hashVersionOf, type StrategySpec } from './strategy.ts'

/** A package that contributes strategies. Plug-ins run in the process and are trusted. */
export interface StrategyPlugin {
  readonly name: string
  /** Loads the package; its export `strategies` is registered. */
  load(): Promise<{ readonly strategies?: unknown }>
}

interface RegistryOptions {
  /** Loaded on the first read, once. */
  readonly plugins?: readonly StrategyPlugin[]
  /** Called with every skipped plug-in or strategy, and the reason. */
  readonly warn?: (message: string, cause: unknown) => void
}

export interface StrategyRegistry {
  /**
   * Adds a strategy. Adding the same one again changes nothing.
   * @throws AppError STRATEGY_CONFLICT for an empty id, or one that another strategy has
   */
  register(spec: StrategySpec): void
  /** Every strategy, by id ascending. */
  list(): Promise<readonly StrategySpec[]>
  /** @throws AppError UNKNOWN_STRATEGY */
  find(id: string): Promise<StrategySpec>
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** The required shape of a plug-in's strategy. */
const SpecShape = z.object({
  id: z.string().min(1),
  version: z.string(),
  name: z.string(),
  description: z.string(),
  revision: z.number(),
  variables: z.record(z.string().startsWith('variable_'), z.json()),
  calculatePoints: z.custom<StrategySpec['calculatePoints']>(isFunction, { message: 'must be a function' }),
})

const isSpec = (value: unknown): value is StrategySpec => SpecShape.safeParse(value).success

/**
 * A registry that contains the built-in strategies.
 *
 * @example
 * import { createRegistry } from 'paracosm/strategy'
 *
 * const registry = createRegistry()
 * console.log((await registry.list()).map(({ id }) => id))
 */
export function createRegistry(options: RegistryOptions = {}): StrategyRegistry {
  const specs = new Map<string, StrategySpec>()
  const warn = options.warn ?? (() => undefined)
  let loading: Promise<void> | undefined
  const register = (spec: StrategySpec): void => addSpec(specs, spec)
  const ready = (): Promise<void> => {
    loading ??= loadPlugins(options.plugins ?? [], register, warn)
    return loading
  }
  for (const spec of BUILT_INS) register(spec)
  return {
    register,
    async list() {
      await ready()
      return [...specs.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    },
    async find(id) {
      await ready()
      const spec = specs.get(id)
      if (spec) return spec
      const known = [...specs.keys()]
      const message = `there is no strategy ${id}; known strategies: ${known.join(', ')}`
      throw unknownName('UNKNOWN_STRATEGY', message, { name: id, known })
    },
  }
}

function addSpec(specs: Map<string, StrategySpec>, spec: StrategySpec): void {
  if (typeof spec.id !== 'string' || spec.id === '') {
    throw new AppError('STRATEGY_CONFLICT', 'a strategy needs an id: a non-empty text')
  }
  const known = specs.get(spec.id)
  if (known && known !== spec) throw new AppError('STRATEGY_CONFLICT', `two strategies have the id ${spec.id}`)
  specs.set(spec.id, spec)
}

/** Loads in sequence, so that the same plug-ins always register in the same order. A failing one is skipped. */
async function loadPlugins(
  plugins: readonly StrategyPlugin[],
  register: (spec: StrategySpec) => void,
  warn: (message: string, cause: unknown) => void,
): Promise<void> {
  for (const plugin of plugins) {
    try {
      const { strategies } = await plugin.load()
      if (!Array.isArray(strategies))
        throw new AppError('PLUGIN_INVALID', `${plugin.name} exports no list of strategies`)
      for (const spec of strategies) registerFrom(plugin, spec, { register, warn })
    } catch (error) {
      warn(`the strategy plug-in ${plugin.name} was skipped`, error)
    }
  }
}

interface Sink {
  readonly register: (spec: StrategySpec) => void
  readonly warn: (message: string, cause: unknown) => void
}

function registerFrom(plugin: StrategyPlugin, spec: unknown, { register, warn }: Sink): void {
  const parsed = SpecShape.safeParse(spec)
  if (parsed.success && isSpec(spec)) register(spec)
  else warn(`a strategy of the plug-in ${plugin.name} was skipped: it is not complete`, parsed.error)
}

/** The target of a strategy id: a built-in, or a stored program of the caller's realm. */
export type StrategyReference =
  | { readonly kind: 'built-in'; readonly id: string }
  | { readonly kind: 'custom'; readonly definitionId: string }

const CUSTOM = 'custom:'

/**
 * Reads a strategy id. Does not check whether the strategy exists.
 *
 * @example
 * import { parseStrategyId } from 'paracosm/strategy'
 *
 * console.log(parseStrategyId('custom:7')) // { kind: 'custom', definitionId: '7' }
 */
export function parseStrategyId(id: string): StrategyReference {
  return id.startsWith(CUSTOM) ? { kind: 'custom', definitionId: id.slice(CUSTOM.length) } : { kind: 'built-in', id }
}

/** The default strategy of a game. */
const FALLBACK_ID = 'default'

/**
 * The strategy that scores a task: its own, otherwise its game's, otherwise `default`.
 *
 * @example
 * import { chooseStrategyId } from 'paracosm/strategy'
 *
 * console.log(chooseStrategyId(null, 'socio_bee')) // socio_bee
 * console.log(chooseStrategyId(null, null)) // default
 */
export function chooseStrategyId(task: string | null | undefined, game: string | null | undefined): string {
  return task ?? game ?? FALLBACK_ID
}

const KINDS: Readonly<Record<string, string>> = { NoneType: 'null' }

/**
 * A strategy as shown in lists and forms: fingerprint, and variables by name with type and default.
 *
 * @example
 * import { BUILT_INS, describeStrategy } from 'paracosm/strategy'
 *
 * console.log(BUILT_INS.map((spec) => describeStrategy(spec).name))
 */
export function describeStrategy(spec: StrategySpec) {
  const { id, name, description, version } = spec
  const variables = Object.entries(spec.variables)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]: [string, JsonValue]) => {
      const kind = kindOf(value)
      return { name: key, type: KINDS[kind] ?? kind, currentValue: value }
    })
  return { id, name, description, version, variables, hash_version: hashVersionOf(spec) }
}
