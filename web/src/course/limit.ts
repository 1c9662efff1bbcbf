// The maximum length of an episode, if its configuration defines one.
import type { JsonObject } from 'paracosm/protocol'

const NAMES = ['max_ticks', 'max_steps', 'ticks', 'steps', 'max_turns'] as const

export function limitOf(config: JsonObject): number | undefined {
  for (const name of NAMES) {
    const value = config[name]
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  }
  return undefined
}
