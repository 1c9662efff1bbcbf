// Bounds for traces that leave the process. In memory a trace shares the values of its context; when written out, a
// payload that every node returns would be written once per node.
import type { JsonValue } from '../protocol/json.ts'
import type { TraceEntry } from '../protocol/strategy-run.ts'

/** Approximate maximum length of a written trace, in characters of JSON. */
const MAX_TRACE_TEXT = 1_000_000
/** Estimated length of one entry's braces, quotes and key names. */
const ENTRY_TEXT = 60

/** Minimum number of characters of a value; counting stops once `budget` is spent. */
function sizeOf(value: JsonValue, budget: number): number {
  let size = 0
  const pending: JsonValue[] = [value]
  for (let next = pending.pop(); next !== undefined && size <= budget; next = pending.pop()) {
    if (typeof next === 'string') size += next.length + 2
    else if (typeof next !== 'object' || next === null) size += 5
    else if (Array.isArray(next)) {
      size += next.length + 2
      if (size <= budget) for (const each of next) pending.push(each)
    } else {
      for (const [key, each] of Object.entries(next)) {
        size += key.length + 4
        pending.push(each)
        if (size > budget) break
      }
    }
  }
  return size
}

/**
 * The first entries of a trace that fit into `maxText` characters of JSON, and the number of omitted ones.
 *
 * @example
 * import { capTrace, type TraceEntry } from 'paracosm/strategy'
 *
 * export function shorten(trace: readonly TraceEntry[]): string {
 *   const { trace: kept, omitted } = capTrace(trace, 10_000)
 *   return `${kept.length} entries, ${omitted} omitted`
 * }
 */
export function capTrace(
  trace: readonly TraceEntry[],
  maxText = MAX_TRACE_TEXT,
): { readonly trace: readonly TraceEntry[]; readonly omitted: number } {
  let left = maxText
  let kept = 0
  for (const { nodeId, value } of trace) {
    left -= ENTRY_TEXT + (nodeId?.length ?? 0) + sizeOf(value, left)
    if (left < 0) break
    kept++
  }
  return { trace: kept === trace.length ? trace : trace.slice(0, kept), omitted: trace.length - kept }
}
