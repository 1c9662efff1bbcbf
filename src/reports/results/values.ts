// Documents of a results folder, ours or the original's: their content is validated, never trusted.
import { AppError } from '../../kernel/errors.ts'

export type Document = Readonly<Record<string, unknown>>

export const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Unwraps values that the original's database wraps. */
export function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap)
  if (!isDocument(value)) return value
  if (typeof value.$date === 'string') return value.$date
  if (isDocument(value.$date)) return new Date(Number(value.$date.$numberLong)).toISOString()
  if (typeof value.$oid === 'string') return value.$oid
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unwrap(each)]))
}

/**
 * The parser's messages quote the text, which may be personal, so they are left out.
 * @throws AppError JSON_MALFORMED
 */
export function parseDocument(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('JSON_MALFORMED', `${what} is not JSON`)
  }
}

/** A value as a cell of a table shows it. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Milliseconds since 1970; undefined: not a time. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}

/** How often each value occurs, most frequent first. */
export function tally(values: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

/** The value below which a share of a sorted list lies, interpolated; undefined: the list is empty. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)]
  const high = sorted[Math.ceil(place)]
  return low === undefined || high === undefined ? undefined : low + (high - low) * (place - Math.floor(place))
}

export const mean = (list: readonly number[]): number =>
  list.length === 0 ? 0 : Math.round((list.reduce((sum, each) => sum + each, 0) / list.length) * 100) / 100

/** Groups in the order of their first members. */
export function groupBy<T>(list: Iterable<T>, keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of list) {
    const key = keyOf(each)
    const group = groups.get(key)
    if (group) group.push(each)
    else groups.set(key, [each])
  }
  return groups
}

/** `1d 2h 3m 4s` */
export function durationText(minutes: number): string {
  let left = Math.round(minutes * 60)
  const parts: string[] = []
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (left >= seconds) parts.push(`${Math.floor(left / seconds)}${unit}`)
    left %= seconds
  }
  return [...parts, `${left}s`].join(' ')
}
