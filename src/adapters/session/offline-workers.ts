// Who does the outside work of worlds that ask for it where nobody has configured anything: the offline responder.
import type { EffectWorker } from '../../episode/effects.ts'
import { ParleyRequest } from '../../worlds/parley/request.ts'
import { createOfflineResponder } from './role-models.ts'

/** @param now the episode's own time in milliseconds; always 0 where two runs are to be the same */
export function createOfflineWorkers(now: () => number): Readonly<Record<string, EffectWorker>> {
  const models = createOfflineResponder()
  return {
    model: async (request, signal) => ({
      ...(await models.answer(ParleyRequest.parse(request), { signal })),
      at: now(),
    }),
  }
}

/** Milliseconds since the call. */
export function createElapsed(): () => number {
  const began = performance.now()
  return () => Math.max(0, Math.round(performance.now() - began))
}
