// The local cast: a deterministic stand-in for a model that plays every role by rules, with no key and no network.
import type { ParleyRequest } from '../request.ts'

/** What a model would answer. The same request always gets the same answer. */
export function answerAs(request: ParleyRequest): string {
  if (request.role === 'validator') return JSON.stringify({ pass: true })
  if (request.role === 'scorer') return JSON.stringify({ tier: 0, score: 0, reasoning: 'Nobody scores yet.' })
  return JSON.stringify({ type: 'ai', content: `${request.cast.npc.hid} waits.` })
}
