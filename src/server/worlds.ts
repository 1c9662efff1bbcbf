// Look-up of worlds named over the network: only registered ones. A path or package name from a client never loads a
// module.
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'

/** @throws AppError UNKNOWN_WORLD */
export function loadRegistered(worlds: WorldRegistry, id: string): Promise<World> {
  if (worlds.ids().includes(id)) return worlds.load(id)
  const known = [...worlds.ids()]
  throw new AppError('UNKNOWN_WORLD', `this server has no world ${id.slice(0, 100)}; it has ${known.join(', ')}`, {
    details: { known },
    hint: 'Start the server with --world <path or package> to add one.',
  })
}
