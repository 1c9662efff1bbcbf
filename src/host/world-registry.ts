// The worlds that a program knows, as a value: the built-in ones, those it was configured with, and modules that are
// named by path or package. All of them are equal everywhere a world is named.

import { closestOf } from '../kernel/closest.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import { BUILT_IN_WORLDS, type WorldLoader } from '../worlds/catalogue.ts'
import { isModuleName, type LoadedWorld, loadWorldModule, type WorldPackage } from './world-modules.ts'

export interface WorldRegistry {
  /** Ids of the worlds that are known without loading a module, in the order in which they were registered. */
  ids(): readonly string[]
  /** Whether `load` would find a world under this name without trying the file system. */
  has(name: string): boolean
  /**
   * Loads a world by id, by the path of a module ('./my-world.ts'), or by the name of an installed package.
   * @throws AppError UNKNOWN_WORLD, WORLD_INVALID (as a rejection)
   */
  load(name: string): Promise<World>
  /**
   * The world that a journal was recorded with. Another version plays differently, so only the very one will do; another
   * digest of its source under the same version is a hint, and verification decides.
   * @throws AppError UNKNOWN_WORLD, WORLD_VERSION, WORLD_INVALID (as a rejection)
   */
  loadRecorded(header: JournalHeader): Promise<World>
  /** The package that a loaded world comes from; undefined for built-in worlds. */
  packageOf(world: World): WorldPackage | undefined
}

export interface WorldRegistryOptions {
  /** Worlds beside the built-in ones; one of the same id takes the built-in one's place. */
  readonly worlds?: readonly World[]
  /** Modules to load at once: paths or package names. */
  readonly modules?: readonly string[]
  /** Where relative paths and packages are looked up. Default: the current folder. */
  readonly from?: string
}

/**
 * @example
 * const registry = await createWorldRegistry({ modules: ['./my-world.ts'] })
 * const world = await registry.load('my-world')
 * @throws AppError UNKNOWN_WORLD, WORLD_INVALID for a module that cannot be loaded
 */
export async function createWorldRegistry(options: WorldRegistryOptions = {}): Promise<WorldRegistry> {
  const registry = new Registry(BUILT_IN_WORLDS, options.from ?? process.cwd())
  for (const world of options.worlds ?? []) registry.add({ world, package: undefined })
  for (const name of options.modules ?? []) await registry.load(name)
  return registry
}

/** A registry of the built-in worlds and of modules that are named later. */
export function builtInWorlds(from: string = process.cwd()): WorldRegistry {
  return new Registry(BUILT_IN_WORLDS, from)
}

class Registry implements WorldRegistry {
  readonly #loaders = new Map<string, () => Promise<World>>()
  readonly #packages = new Map<World, WorldPackage>()
  readonly #modules = new Map<string, Promise<World>>()
  readonly #from: string

  constructor(builtIn: readonly WorldLoader[], from: string) {
    for (const { id, load } of builtIn) this.#loaders.set(id, load)
    this.#from = from
  }

  add({ world, package: source }: LoadedWorld): World {
    this.#loaders.set(world.id, () => Promise.resolve(world))
    if (source) this.#packages.set(world, source)
    return world
  }

  ids(): readonly string[] {
    return [...this.#loaders.keys()]
  }

  has(name: string): boolean {
    return this.#loaders.has(name) || isModuleName(name)
  }

  load(name: string): Promise<World> {
    const load = this.#loaders.get(name)
    if (load) return load()
    const known = this.#modules.get(name)
    if (known) return known
    const loading = this.#loadModule(name)
    this.#modules.set(name, loading)
    // A module that could not be loaded may be mended and tried again.
    loading.catch(() => this.#modules.delete(name))
    return loading
  }

  async #loadModule(name: string): Promise<World> {
    const loaded = await loadWorldModule(name, this.#from)
    if (loaded) return this.add(loaded)
    throw unknownWorld(name, this.ids())
  }

  async loadRecorded({ world: recorded }: JournalHeader): Promise<World> {
    const world = await this.#find(recorded)
    if (world.version === recorded.version) return world
    throw new AppError(
      'WORLD_VERSION',
      `the journal was recorded with ${recorded.id} ${recorded.version}; ${world.version} is installed`,
      {
        details: { recorded: recorded.version, present: world.version },
        ...(recorded.package ? { hint: `Install ${recorded.package.name}@${recorded.package.version}.` } : {}),
      },
    )
  }

  async #find(recorded: JournalHeader['world']): Promise<World> {
    if (this.#loaders.has(recorded.id) || !recorded.package) return this.load(recorded.id)
    const { name, version } = recorded.package
    const loaded = await loadWorldModule(name, this.#from)
    if (loaded?.world.id === recorded.id) return this.add(loaded)
    throw new AppError('UNKNOWN_WORLD', `the journal's world ${recorded.id} comes from ${name}, which is not here`, {
      hint: `Install ${name}@${version}, or name the module of the world with --world-module <path>.`,
      details: { package: name, version },
    })
  }

  packageOf(world: World): WorldPackage | undefined {
    return this.#packages.get(world)
  }
}

function unknownWorld(name: string, known: readonly string[]): AppError {
  const closest = closestOf(name, known)
  const guess = closest === undefined ? '' : `Did you mean ${closest}? `
  return new AppError('UNKNOWN_WORLD', `there is no world ${name}; there are ${known.join(', ')}`, {
    details: { known: [...known] },
    hint: `${guess}Name a world, the path of a module such as ./my-world.ts, or an installed package.`,
  })
}
