// Worlds from modules: a file of the user's, or an installed package. A module exports its world as `default`, as
// `world`, or as its only export that is one.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'

/** Where a world comes from, as journals name it. */
export interface WorldPackage {
  readonly name: string
  readonly version: string
}

export interface LoadedWorld {
  readonly world: World
  readonly package: WorldPackage | undefined
}

/** Whether a name can only be a module: a path, or a file of JavaScript or TypeScript. */
export function isModuleName(name: string): boolean {
  return name.startsWith('./') || name.startsWith('../') || isAbsolute(name) || /\.[cm]?[jt]s$/.test(name)
}

/** A package name, perhaps with a subpath: 'harvest', '@lab/harvest', 'harvest/duel'. */
const PACKAGE_NAME = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*(?:\/[a-zA-Z0-9-._~/]+)?$/

/**
 * Loads the world of a module. Undefined: there is no such file or package.
 * @param from folder in which relative paths start and packages are looked up
 * @throws AppError WORLD_INVALID when the module cannot be loaded or exports no world
 */
export async function loadWorldModule(name: string, from: string): Promise<LoadedWorld | undefined> {
  const path = isModuleName(name) ? findFile(resolve(from, name)) : findPackage(name, from)
  if (path === undefined) return undefined
  let exports: unknown
  try {
    exports = await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new AppError('WORLD_INVALID', `the module ${name} cannot be loaded: ${messageOf(cause)}`, {
      cause,
      hint: 'Run it with node to see the whole error; a project of TypeScript modules needs "type": "module".',
    })
  }
  return { world: findWorld(name, exports), package: await packageOf(path) }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The file itself, or the usual entry of a folder. */
function findFile(path: string): string | undefined {
  const candidates = [
    path,
    join(path, 'world.ts'),
    join(path, 'world.js'),
    join(path, 'index.ts'),
    join(path, 'index.js'),
  ]
  return candidates.find((each) => /\.[cm]?[jt]s$/.test(each) && existsSync(each))
}

function findPackage(name: string, from: string): string | undefined {
  if (!PACKAGE_NAME.test(name)) return undefined
  try {
    return createRequire(join(from, 'package.json')).resolve(name)
  } catch {
    // A package that offers only `import` conditions is found by the loader of ES modules.
  }
  try {
    return fileURLToPath(import.meta.resolve(name, pathToFileURL(join(from, 'package.json')).href))
  } catch {
    return undefined
  }
}

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

/** A guard by shape: what the members do is for the conformance suite to judge. */
function isWorld(value: unknown): value is World {
  if (typeof value !== 'object' || value === null) return false
  const members = new Map<string, unknown>(METHODS.map((key) => [key, Reflect.get(value, key)]))
  const hasMethods = [...members.values()].every((member) => typeof member === 'function')
  const texts = ['id', 'version', 'title', 'summary'].every((key) => typeof Reflect.get(value, key) === 'string')
  const schemas = ['config', 'command', 'results'].every((key) => typeof Reflect.get(value, key) === 'object')
  return hasMethods && texts && schemas && Array.isArray(Reflect.get(value, 'variants'))
}

/** The package that a file belongs to: the nearest package.json above it with a name. */
async function packageOf(path: string): Promise<WorldPackage | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    const found = text === undefined ? undefined : readPackage(text)
    if (found || folder === dirname(folder)) return found
  }
}

function readPackage(text: string): WorldPackage | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const [name, version] = [Reflect.get(value, 'name'), Reflect.get(value, 'version')]
    return typeof name === 'string' ? { name, version: typeof version === 'string' ? version : '0.0.0' } : undefined
  } catch {
    // Somebody's broken package.json is no reason to refuse the world.
    return undefined
  }
}
