// The built-in worlds, each loaded on first use. src/host/world-registry.ts adds worlds from other sources.
import type { World } from '../kernel/world.ts'

/** A world that can be loaded by its id. */
export interface WorldLoader {
  readonly id: string
  load(): Promise<World>
}

export const BUILT_IN_WORLDS: readonly WorldLoader[] = [
  { id: 'frontier', load: () => import('./frontier/world.ts').then((module) => module.frontier) },
  { id: 'paint-arena', load: () => import('./paint-arena/world.ts').then((module) => module.paintArena) },
  { id: 'parley', load: () => import('./parley/world.ts').then((module) => module.parley) },
  { id: 'foundry', load: () => import('./foundry/world.ts').then((module) => module.foundry) },
]
