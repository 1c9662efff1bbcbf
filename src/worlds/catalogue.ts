// The worlds that ship, each loaded when it is asked for.
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { JournalHeader } from '../protocol/journal.ts'

const LOADERS: Readonly<Record<string, () => Promise<World>>> = {
  frontier: () => import('./frontier/world.ts').then((module) => module.frontier),
  'paint-arena': () => import('./paint-arena/world.ts').then((module) => module.paintArena),
  parley: () => import('./parley/world.ts').then((module) => module.parley),
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

/**
 * The world that a journal was recorded with. Another version plays differently, so only the very one will do; another
 * digest of its source under the same version is a hint, and verification tells.
 * @throws AppError UNKNOWN_WORLD or WORLD_VERSION (as a rejection)
 */
export function loadRecordedWorld(header: JournalHeader): Promise<World> {
  return loadWorld(header.world.id).then((world) => {
    if (world.version === header.world.version) return world
    throw new AppError(
      'WORLD_VERSION',
      `the journal was recorded with ${header.world.id} ${header.world.version}; here is ${world.version}`,
      { details: { recorded: header.world.version, present: world.version } },
    )
  })
}
