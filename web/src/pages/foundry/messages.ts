// Snapshots of the viewer's socket: the public view, with the host's data.
import type { Results } from '../../../../src/protocol/episode.ts'
import { isObject } from '../../../../src/protocol/is-object.ts'
import type { JsonObject } from '../../../../src/protocol/json.ts'

export interface Message {
  readonly view: JsonObject
  readonly step: number
  readonly isOver: boolean
  readonly status: 'waiting' | 'running' | 'paused'
  readonly rate: number
}

export function readMessage(data: unknown): Message | undefined {
  const view: unknown = typeof data === 'string' ? JSON.parse(data) : undefined
  if (!isView(view)) return undefined
  const { step, done, started, paused, tick_rate: rate } = view
  return {
    view,
    step: typeof step === 'number' ? step : 0,
    isOver: done === true,
    status: started !== true ? 'waiting' : paused === true ? 'paused' : 'running',
    rate: typeof rate === 'number' ? rate : 0,
  }
}

function isView(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The foundry's standing follows from its objective: permille of what the goals ask for. */
export function resultsOf(view: JsonObject): Results {
  const objective = isObject(view.objective) ? view.objective : {}
  return { scores: [objective.complete === true ? 1000 : 0] }
}
