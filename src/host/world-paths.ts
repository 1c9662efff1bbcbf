// Locates the modules of worlds: resolves names to files, and files to their packages. Loads nothing.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/** Where a world comes from, as journals name it. */
export interface WorldPackage {
  readonly name: string
  readonly version: string
  /** The module inside the package, with forward slashes: 'worlds/harvest.ts'. Absent: the package's own entry. */
  readonly module?: string | undefined
}

const MODULE_FILE = /\.[cm]?[jt]s$/
const ENTRIES = ['world.ts', 'world.js', 'index.ts', 'index.js'] as const

/** Whether a name refers to a module: a JavaScript or TypeScript file, or a path without another file extension. */
export function isModuleName(name: string): boolean {
  if (/^[a-z][a-z0-9+.-]+:/i.test(name)) return false
  if (MODULE_FILE.test(name)) return true
  return isPath(name) && !/\.[a-z0-9]+$/i.test(name)
}

const isPath = (name: string): boolean => name.startsWith('./') || name.startsWith('../') || isAbsolute(name)

/** A package name, with an optional subpath: 'harvest', '@lab/harvest', 'harvest/duel'. */
const PACKAGE_NAME = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*(?:\/[a-zA-Z0-9-._~/]+)?$/

/** The file of a module given by path or package; undefined: there is none. */
export function locateModule(name: string, from: string): string | undefined {
  if (isPath(name) || MODULE_FILE.test(name)) return findFile(resolve(from, name))
  return findPackage(name, from)
}

/** The file of a recorded package's world. Never a file outside the package. */
export function locatePackage({ name, module }: WorldPackage, from: string): string | undefined {
  if (!PACKAGE_NAME.test(name)) return undefined
  const root = module === undefined ? undefined : findRoot(name, from)
  const path = root === undefined || module === undefined ? undefined : resolve(root, module)
  if (path?.startsWith(`${root}${sep}`) && MODULE_FILE.test(path) && existsSync(path)) return path
  return findPackage(name, from)
}

/** The file itself, or the usual entry of a folder. */
function findFile(path: string): string | undefined {
  if (MODULE_FILE.test(path) && isFile(path)) return path
  return ENTRIES.map((entry) => join(path, entry)).find(isFile)
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

function findPackage(name: string, from: string): string | undefined {
  if (!PACKAGE_NAME.test(name)) return undefined
  const found = resolveWithRequire(name, from) ?? resolveWithImport(name, from)
  if (found !== undefined) return found
  const root = findRoot(name, from)
  return root === undefined ? undefined : findFile(root)
}

function resolveWithRequire(name: string, from: string): string | undefined {
  try {
    const path = createRequire(join(from, 'package.json')).resolve(name)
    // A module of Node's own has no path.
    return isAbsolute(path) ? path : undefined
  } catch {
    // Not installed, or only with `import` conditions.
    return undefined
  }
}

/** A package that offers only `import` conditions, which `require` does not see. */
function resolveWithImport(name: string, from: string): string | undefined {
  const parts = name.split('/')
  const count = name.startsWith('@') ? 2 : 1
  const root = findRoot(parts.slice(0, count).join('/'), from)
  if (root === undefined) return undefined
  const exported: unknown = readJson(join(root, 'package.json'))?.exports
  const target = importTarget(exported, ['.', ...parts.slice(count)].join('/'))
  const path = target === undefined ? undefined : resolve(root, target)
  return path?.startsWith(`${root}${sep}`) && isFile(path) ? path : undefined
}

/** What `import` resolves below `exports` for a subpath; patterns are not supported. */
function importTarget(exported: unknown, subpath: string): string | undefined {
  if (typeof exported === 'string') return subpath === '.' ? exported : undefined
  if (!isRecord(exported)) return undefined
  const entry = Object.keys(exported).some((key) => key.startsWith('.')) ? exported[subpath] : exported
  if (typeof entry === 'string') return entry
  if (!isRecord(entry)) return undefined
  return [entry.node, entry.import, entry.default]
    .map((each) => importTarget(each, '.'))
    .find((each) => each !== undefined)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The folder of a package: the project that contains `from`, or a package installed there or above. */
function findRoot(name: string, from: string): string | undefined {
  for (const folder of ancestors(from)) {
    if (readPackage(folder)?.name === name) return folder
    const installed = join(folder, 'node_modules', ...name.split('/'))
    if (readPackage(installed)?.name === name) return installed
  }
  return undefined
}

/** The package that a file belongs to: the nearest package.json above it with a name. */
export function packageOf(path: string): WorldPackage | undefined {
  for (const folder of ancestors(dirname(path))) {
    const found = readPackage(folder)
    if (found) return { ...found, module: relative(folder, path).split(sep).join('/') }
  }
  return undefined
}

function* ancestors(folder: string): Generator<string> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    yield at
    if (at === dirname(at)) return
  }
}

function readPackage(folder: string): { name: string; version: string } | undefined {
  const { name, version } = readJson(join(folder, 'package.json')) ?? {}
  return typeof name === 'string' ? { name, version: typeof version === 'string' ? version : '0.0.0' } : undefined
}

function readJson(path: string): Record<string, unknown> | undefined {
  if (!isFile(path)) return undefined
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    // A broken package.json does not make the world unusable.
    return undefined
  }
}
