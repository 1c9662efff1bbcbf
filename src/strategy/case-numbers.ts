// Numbers that JSON cannot represent, as conformance cases write them: {"$float": "NaN"}, "Infinity", "-Infinity".
import { isRawNode } from './grammar.ts'
import { setOwn } from './snapshot.ts'

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

function numberOf(value: unknown): number | undefined {
  if (!isRawNode(value) || !Object.hasOwn(value, '$float')) return undefined
  return Object.keys(value).length === 1 ? NUMBERS.get(value.$float) : undefined
}

/**
 * Replaces encoded numbers in place, in freshly parsed JSON of any depth. Returns the same value, or the decoded
 * number.
 */
export function decodeNumbers(value: unknown): unknown {
  const number = numberOf(value)
  if (number !== undefined) return number
  const pending: unknown[] = [value]
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    if (Array.isArray(holder)) {
      for (let i = 0; i < holder.length; i++) holder[i] = numberOf(holder[i]) ?? pushed(pending, holder[i])
    } else if (isRawNode(holder)) {
      for (const key of Object.keys(holder)) {
        setOwn(holder, key, numberOf(holder[key]) ?? pushed(pending, holder[key]))
      }
    }
  }
  return value
}

function pushed(pending: unknown[], value: unknown): unknown {
  if (typeof value === 'object' && value !== null) pending.push(value)
  return value
}

/** True when plain JSON is nested deeper than `limit`. */
export function isDeeper(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
    if (level.length === 0) return false
  }
  return true
}

/** JSON text of `value`, with numbers that JSON lacks written as in conformance cases. */
export function formatCase(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? { $float: String(each) } : each,
  )
}
