// The offline responder: deterministic rules that play every model role, without a key or a network.
// It reads the facts of a request, never its prompts.
import type { ParleyRequest } from '../request.ts'
import { objectionTo } from './checks.ts'
import { continueScene, openScene } from './scenes.ts'
import { scoreOf } from './scores.ts'

/** A model's answer as JSON text. The same request always gets the same answer. */
export function answerAs(request: ParleyRequest): string {
  return JSON.stringify(answerOf(request))
}

function answerOf(request: ParleyRequest): object {
  switch (request.role) {
    case 'opener':
      return openScene(request)
    case 'updater':
      return continueScene(request)
    case 'validator': {
      const reason = request.check === null ? undefined : objectionTo(request.check, request.cast)
      return reason === undefined ? { pass: true } : { pass: false, reason }
    }
    case 'scorer':
      return scoreOf(request)
  }
}
