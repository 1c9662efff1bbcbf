// The worlds that a program knows, as a value: built-in ones, configured ones, and modules given by path or package. A
// world of any origin can be used wherever a world is named.

import { unknownName } from '../kernel/closest.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import { BUILT_IN_WORLDS, type WorldLoader } from '../worlds/catalogue.ts'
import { type LoadedWorld, loadWorldModule, loadWorldPackage } from './world-modules.ts'
import { isModuleName, locateModule, type WorldPackage } from './world-paths.ts'

export interface WorldRegistry {
  /** Ids of the worlds that are known without loading a module, in registration order. */
  ids(): readonly string[]
  /**
   * Whether a name refers to a world: it is known, it has the form of a module, or a package of that name is installed.
   */
  has(name: string): boolean
  /**
   * Loads a world by id, by the path of a module ('./my-world.ts'), or by the name of an installed package.
   * @throws AppError UNKNOWN_WORLD, WORLD_INVALID (as a rejection)
   */
  load(name: string): Promise<World>
  /**
   * The world that a journal was recorded with: a registered one of the journal's id, or that of the package that the
   * journal names. Another version plays differently, so the version must match. A different source digest under the
   * same version is only a hint; verification decides.
   * @param module the world to use instead of the one in the journal: an id, a path or a package
   * @throws AppError UNKNOWN_WORLD, WORLD_VERSION, WORLD_INVALID (as a rejection)
   */
  loadRecorded(header: JournalHeader, module?: string): Promise<World>
  /** Whether a loaded world ships with Paracosm: neither a module nor a value that a program gave. */
  isBuiltIn(world: World): boolean
  /** The package that a loaded world comes from; undefined for built-in worlds and worlds given as values. */
  packageOf(world: World): WorldPackage | undefined
  /** The absolute path of the module that a world was loaded from; undefined for built-in worlds and values. */
  pathOf(world: World): string | undefined
}

export interface WorldRegistryOptions {
  /** Worlds in addition to the built-in ones. A world with the same id replaces the built-in one. */
  readonly worlds?: readonly World[]
  /** Modules to load at startup: paths or package names. */
  readonly modules?: readonly string[]
  /** Folder for relative paths and package look-ups. Default: the current folder. */
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
  for (const world of options.worlds ?? []) registry.add({ world, package: undefined, path: undefined })
  for (const name of options.modules ?? []) await registry.load(name)
  return registry
}

/** A registry of the built-in worlds and of modules that are named later. */
export function builtInWorlds(from: string = process.cwd()): WorldRegistry {
  return new Registry(BUILT_IN_WORLDS, from)
}

class Registry implements WorldRegistry {
  readonly #loaders = new Map<string, () => Promise<World>>()
  readonly #loaded = new Map<World, LoadedWorld>()
  readonly #modules = new Map<string, Promise<World>>()
  readonly #from: string

  constructor(builtIn: readonly WorldLoader[], from: string) {
    for (const { id, load } of builtIn) this.#loaders.set(id, load)
    this.#from = from
  }

  /** @throws AppError WORLD_INVALID for a second world with the same id from another source */
  add(loaded: LoadedWorld): World {
    const { world } = loaded
    for (const other of this.#loaded.values()) {
      if (other.world.id !== world.id || other.world === world) continue
      const [one, two] = [other, loaded].map((each) => each.path ?? 'a value')
      throw new AppError('WORLD_INVALID', `two worlds have the id ${world.id}: ${one} and ${two}`, {
        hint: 'Give one of them another id.',
      })
    }
    this.#loaders.set(world.id, () => Promise.resolve(world))
    this.#loaded.set(world, loaded)
    return world
  }

  ids(): readonly string[] {
    return [...this.#loaders.keys()]
  }

  has(name: string): boolean {
    return this.#loaders.has(name) || isModuleName(name) || locateModule(name, this.#from) !== undefined
  }

  load(name: string): Promise<World> {
    const load = this.#loaders.get(name)
    if (load) return load()
    const known = this.#modules.get(name)
    if (known) return known
    const loading = this.#loadModule(name)
    this.#modules.set(name, loading)
    // Not cached: the user may fix a module that failed to load, and try again.
    loading.catch(() => this.#modules.delete(name))
    return loading
  }

  async #loadModule(name: string): Promise<World> {
    const loaded = await loadWorldModule(name, this.#from)
    if (loaded) return this.add(loaded)
    throw unknownWorld(name, this.ids())
  }

  async loadRecorded({ world: recorded }: JournalHeader, module?: string): Promise<World> {
    const world = module === undefined ? await this.#find(recorded) : await this.load(module)
    if (world.id !== recorded.id) {
      throw new AppError('UNKNOWN_WORLD', `the journal was recorded with ${recorded.id}; ${module} is ${world.id}`, {
        hint: `Name the module of ${recorded.id} with --world.`,
        details: { recorded: recorded.id, present: world.id },
      })
    }
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

  /** Never imports a path from a journal: journals may come from strangers. */
  async #find(recorded: JournalHeader['world']): Promise<World> {
    const registered = await this.#loaders.get(recorded.id)?.()
    const { package: source } = recorded
    if (registered && (!source || this.packageOf(registered)?.name === source.name)) return registered
    const loaded = source && (await loadWorldPackage(source, this.#from))
    if (loaded?.world.id === recorded.id) return this.#known(loaded.world) ? loaded.world : this.add(loaded)
    // A world that was given as a value has no package; its id is all there is to go by.
    if (registered) return registered
    if (!source) throw unknownWorld(recorded.id, this.ids(), 'Name its module with --world <path or package>.')
    const { name, version } = source
    throw new AppError(
      'UNKNOWN_WORLD',
      `the world ${recorded.id} of the journal comes from ${name}, which is missing`,
      {
        hint: `Install ${name}@${version}, or name the world's module with --world <path or package>.`,
        details: { package: name, version },
      },
    )
  }

  #known(world: World): boolean {
    return this.#loaded.has(world)
  }

  isBuiltIn(world: World): boolean {
    return !this.#loaded.has(world)
  }

  packageOf(world: World): WorldPackage | undefined {
    return this.#loaded.get(world)?.package
  }

  pathOf(world: World): string | undefined {
    return this.#loaded.get(world)?.path
  }
}

function unknownWorld(name: string, known: readonly string[], advice?: string): AppError {
  const hint = advice ?? 'Name a known world, the path of a module such as ./my-world.ts, or an installed package.'
  return unknownName('UNKNOWN_WORLD', `there is no world ${name}; known worlds: ${known.join(', ')}`, {
    name,
    known,
    hint,
  })
}
