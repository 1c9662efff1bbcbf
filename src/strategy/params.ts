// Program values as quoted in the parameters of an error: plain JSON of bounded size.
import type { JsonValue } from '../protocol/json.ts'

const MAX_LIST = 20
const MAX_QUOTED_DEPTH = 4
const MAX_QUOTED_TEXT = 1000

/** A bounded copy of any value: parts that are too deep, too long or not JSON become null. */
export function toParam(value: unknown, depth = 0): JsonValue {
  if (typeof value === 'string') return value.slice(0, MAX_QUOTED_TEXT)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null || depth === MAX_QUOTED_DEPTH) return null
  if (Array.isArray(value))
    return Array.from({ length: Math.min(value.length, MAX_LIST) }, (_, i) => toParam(value[i], depth + 1))
  const entries = Object.entries(value).slice(0, MAX_LIST)
  return Object.fromEntries(entries.map(([key, each]) => [key, toParam(each, depth + 1)]))
}
