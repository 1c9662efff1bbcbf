// Worlds from modules: a file, a folder or an installed package. A module exports its world as `default`, as `world`, or
// as its only export that is one. Where modules are found: world-paths.ts.
import { pathToFileURL } from 'node:url'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import { locateModule, locatePackage, packageOf, type WorldPackage } from './world-paths.ts'

export interface LoadedWorld {
  readonly world: World
  /** The package that the module belongs to; undefined: it belongs to none, or the world was given as a value. */
  readonly package: WorldPackage | undefined
  /** The module's file, absolute; undefined: the world was given as a value. */
  readonly path: string | undefined
}

/**
 * Loads the world of a module. Undefined: there is no such file or package.
 * @param from folder in which relative paths start and packages are looked up
 * @throws AppError WORLD_INVALID when the module cannot be loaded or exports no world
 */
export async function loadWorldModule(name: string, from: string): Promise<LoadedWorld | undefined> {
  const path = locateModule(name, from)
  return path === undefined ? undefined : loadFile(name, path)
}

/**
 * Loads the world of the package that a journal names. Only packages are looked up: a journal may come from a stranger,
 * and no path in it is ever imported, except one inside the package.
 * @throws AppError WORLD_INVALID
 */
export async function loadWorldPackage(recorded: WorldPackage, from: string): Promise<LoadedWorld | undefined> {
  const path = locatePackage(recorded, from)
  return path === undefined ? undefined : loadFile(recorded.name, path)
}

async function loadFile(name: string, path: string): Promise<LoadedWorld> {
  let exports: unknown
  try {
    exports = await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new AppError('WORLD_INVALID', `the module ${name} cannot be loaded: ${messageOf(cause)}`, {
      cause,
      hint: 'Run the file with node to see the whole error. A TypeScript module needs "type": "module" in its package.json, and its dependencies installed beside it.',
    })
  }
  return { world: findWorld(name, exports), package: packageOf(path), path }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function findWorld(name: string, exports: unknown): World {
  const all = typeof exports === 'object' && exports !== null ? Object.entries(exports) : []
  const preferred = ['default', 'world'].map((key) => all.find(([each]) => each === key)?.[1])
  const found = preferred.find(isWorld) ?? onlyWorld(all.map(([, value]) => value))
  if (found) return found
  throw new AppError('WORLD_INVALID', `the module ${name} exports no world`, {
    hint: 'Export what defineWorld returns, as default or as `world`.',
    details: { exports: all.map(([key]) => key) },
  })
}

function onlyWorld(values: readonly unknown[]): World | undefined {
  const worlds = new Set(values.filter(isWorld))
  const [first] = worlds
  return worlds.size === 1 ? first : undefined
}

const METHODS = [
  'slots',
  'create',
  'apply',
  'step',
  'observe',
  'standing',
  'outcome',
  'save',
  'load',
  'digest',
] as const

/** Checks only the shape: the conformance suite checks what the members do. */
export function isWorld(value: unknown): value is World {
  if (typeof value !== 'object' || value === null) return false
  const hasMethods = METHODS.every((key) => typeof Reflect.get(value, key) === 'function')
  const texts = ['id', 'version', 'title', 'summary'].every((key) => typeof Reflect.get(value, key) === 'string')
  const schemas = ['config', 'command', 'results'].every((key) => isSchema(Reflect.get(value, key)))
  const variants: unknown = Reflect.get(value, 'variants')
  return hasMethods && texts && schemas && Array.isArray(variants) && variants.length > 0
}

const isSchema = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'safeParse') === 'function'
