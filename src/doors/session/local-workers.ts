// Who does the outside work of worlds that ask for it where nobody has configured anything: the local cast.
import type { EffectWorker } from '../../episode/effects.ts'
import { ParleyRequest } from '../../worlds/parley/request.ts'
import { createLocalCast } from './cast.ts'

/** @param now the episode's own time in milliseconds; always 0 where two runs are to be the same */
export function createLocalWorkers(now: () => number): Readonly<Record<string, EffectWorker>> {
  const cast = createLocalCast()
  return {
    model: async (request, signal) => ({
      ...(await cast.answer(ParleyRequest.parse(request), { signal })),
      at: now(),
    }),
  }
}

/** Milliseconds since the call. */
export function createElapsed(): () => number {
  const began = performance.now()
  return () => Math.max(0, Math.round(performance.now() - began))
}
