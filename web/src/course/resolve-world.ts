// The code of the built-in worlds, in the browser: loaded when a journal names the world, and only in exactly the same
// version.
import { AppError } from '../../../src/kernel/errors.ts'
import type { World } from '../../../src/kernel/world.ts'
import { BUILT_IN_WORLDS } from '../../../src/worlds/catalogue.ts'

/** @throws AppError UNKNOWN_WORLD for an external world, WORLD_VERSION for another version */
export async function resolveBuiltIn(recorded: { readonly id: string; readonly version: string }): Promise<World> {
  const loader = BUILT_IN_WORLDS.find(({ id }) => id === recorded.id)
  if (!loader) throw new AppError('UNKNOWN_WORLD', `${recorded.id} does not ship with Paracosm`)
  const world = await loader.load()
  if (world.version === recorded.version) return world
  throw new AppError(
    'WORLD_VERSION',
    `This journal was written by ${recorded.id} ${recorded.version}; this server has ${world.version}. Get the matching version to show and verify it`,
  )
}
