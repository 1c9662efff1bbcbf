// Lets a world or configuration file import paracosm and zod from anywhere: a single file in an empty folder runs
// without installing anything. Packages installed beside the file take precedence; this package provides missing ones.
import { registerHooks } from 'node:module'

/** Sources run in a checkout, compiled modules in an installed package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** The entry points of package.json, as modules of this package. */
const ENTRIES: Readonly<Record<string, string>> = {
  'paracosm/world': '../kernel/index',
  'paracosm/client': '../client/index',
  'paracosm/protocol': '../protocol/index',
  'paracosm/testing': '../testing/index',
  'paracosm/strategy': '../strategy/index',
  'paracosm/episode': '../api/episode',
  'paracosm/server': '../api/server',
  'paracosm/config': '../api/config',
}

/** Packages that world files use and that this package depends on. */
const SHARED: readonly string[] = ['zod', 'fast-check']

export function registerOwnModules(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const entry = ENTRIES[specifier]
      if (entry === undefined && !SHARED.includes(specifier)) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch (error) {
        if (!isMissing(error)) throw error
        return entry === undefined
          ? next(specifier, { ...context, parentURL: import.meta.url })
          : next(new URL(`${entry}${EXTENSION}`, import.meta.url).href, context)
      }
    },
  })
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
