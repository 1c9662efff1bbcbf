// The views of worlds: each built-in one is a separate chunk, loaded when first shown. External worlds bring theirs in
// a frame; those without one get the generic view.
import type { ViewModule } from 'paracosm/world'

const BUILT_IN = import.meta.glob<{ readonly view: ViewModule }>('../../../src/worlds/*/view/main.ts')

/** The source of a world's view. */
export type ViewKind = 'built-in' | 'package' | 'none'

/** Small pictures of worlds whose view is heavy: they show the same without controls. */
const PICTURES = import.meta.glob<{ readonly view: ViewModule }>('../../../src/worlds/*/view/picture.ts')

const pathOf = (world: string): string => `../../../src/worlds/${world}/view/main.ts`

/**
 * @param isPicture whether it is shown in a list, small and without controls
 * @throws when the chunk cannot be loaded: the server is unreachable, or has a newer build
 */
export async function loadView(world: string, kind: ViewKind, isPicture = false): Promise<ViewModule> {
  const picture = isPicture ? PICTURES[`../../../src/worlds/${world}/view/picture.ts`] : undefined
  if (picture) return (await picture()).view
  const builtIn = BUILT_IN[pathOf(world)]
  if (builtIn) return (await builtIn()).view
  if (kind === 'package') return (await import('./framed-view.ts')).framedView(world)
  return (await import('./generic-view.ts')).view
}
