// What a coworld id stands for on this server. Worlds of the server have ids made of their names: `cow_paint-arena`.
// Uploaded packages have UUIDs, and their canonical version is also found by its name.
import { createManifest } from '../adapters/coworld/manifest.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { HostedCoworldChoice } from '../league/hosted/hosted-games.ts'
import type { HostedWorld } from '../league/hosted/world-stage.ts'
import { packageIdOf } from '../league/requests/played.ts'
import { manifestHash } from '../league/uploads/package-desk.ts'
import type { HostedCoworld } from '../protocol/hosted-images.ts'
import type { Coworlds } from '../store/leagues/coworlds.ts'
import { loadRegistered } from './worlds.ts'

/** The coworld id of a world of this server; ids of packages stay as they are. */
export const coworldOf = (played: string): string => (packageIdOf(played) === undefined ? `cow_${played}` : played)

/** The world of this server that a coworld id or a world id names; undefined: none. */
export async function findHostedWorld(worlds: WorldRegistry, id: string): Promise<HostedWorld | undefined> {
  const name = id.replace(/^cow_/, '')
  const known = worlds.ids().find((each) => each === name || each.replaceAll('_', '-') === name.replaceAll('_', '-'))
  return known === undefined ? undefined : { coworldId: coworldOf(known), world: await loadRegistered(worlds, known) }
}

/**
 * The world or the package that an id names. Worlds of the server go before packages.
 * @throws AppError UNKNOWN_UPLOAD
 */
export async function findCoworld(
  { worlds, coworlds }: { readonly worlds: WorldRegistry; readonly coworlds: Coworlds },
  id: string,
): Promise<HostedCoworldChoice> {
  const own = await findHostedWorld(worlds, id)
  if (own) return own
  const coworld = await coworlds.find(id.replace(/^cow_/, ''))
  if (coworld) return { coworld }
  throw new AppError('UNKNOWN_UPLOAD', `this server has no coworld ${id.slice(0, 100)}`, {
    hint: `List its packages with: paracosm coworld list. Its own worlds are ${worlds.ids().map(coworldOf).join(', ')}.`,
  })
}

/** A world of this server as a package: what `paracosm world manifest` prints. @param release of this program */
export function worldAsPackage(world: World, release: string): HostedCoworld {
  const manifest = createManifest(world, { version: release })
  return {
    id: coworldOf(world.id),
    name: world.id,
    version: world.version,
    manifest,
    manifest_hash: manifestHash(manifest),
    size_bytes: Buffer.byteLength(JSON.stringify(manifest)),
    canonical: true,
  }
}
