// Default workers for the effects of a world: the world's own offline answers.
import type { EffectWorker } from '../episode/effects.ts'
import type { World } from '../kernel/world.ts'

/**
 * @param now the episode's own time in milliseconds; always 0 where two runs must be equal
 */
export function offlineWorkers(world: World, now: () => number): Readonly<Record<string, EffectWorker>> {
  return Object.fromEntries(
    Object.entries(world.offline ?? {}).map(([kind, answer]): [string, EffectWorker] => [
      kind,
      (request) => Promise.resolve(answer(request, now())),
    ]),
  )
}

/** Milliseconds since the call. */
export function createElapsed(): () => number {
  const began = performance.now()
  return () => Math.max(0, Math.round(performance.now() - began))
}
