// What a coworld id stands for on this server. Worlds of the server have ids made of their names: `cow_paint-arena`.
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { HostedWorld } from '../league/hosted/hosted-games.ts'
import { loadRegistered } from './worlds.ts'

/** The coworld id of a world of this server. */
export const coworldOf = (worldId: string): string => `cow_${worldId}`

/**
 * The world that a coworld id or a world id names.
 * @throws AppError UNKNOWN_UPLOAD
 */
export async function findCoworld(worlds: WorldRegistry, id: string): Promise<HostedWorld> {
  const name = id.replace(/^cow_/, '')
  const known = worlds.ids().find((each) => each === name || each.replaceAll('_', '-') === name.replaceAll('_', '-'))
  if (known !== undefined) return { coworldId: coworldOf(known), world: await loadRegistered(worlds, known) }
  throw new AppError('UNKNOWN_UPLOAD', `this server has no coworld ${id.slice(0, 100)}`, {
    hint: `Its own worlds are ${worlds.ids().map(coworldOf).join(', ')}.`,
  })
}
