// The worlds that ship, each loaded when it is asked for.
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'

const LOADERS: Readonly<Record<string, () => Promise<World>>> = {
  'paint-arena': () => import('./paint-arena/world.ts').then((module) => module.paintArena),
  foundry: () => import('./foundry/world.ts').then((module) => module.foundry),
}

/** Ids of the worlds that ship. */
export function listWorldIds(): string[] {
  return Object.keys(LOADERS)
}

/** @throws AppError UNKNOWN_WORLD (as a rejection) */
export function loadWorld(id: string): Promise<World> {
  const load = Object.hasOwn(LOADERS, id) ? LOADERS[id] : undefined
  if (load) return load()
  const known = listWorldIds()
  return Promise.reject(
    new AppError('UNKNOWN_WORLD', `there is no world ${id}; there are ${known.join(', ')}`, { details: { known } }),
  )
}
