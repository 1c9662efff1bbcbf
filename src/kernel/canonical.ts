// Canonical JSON: one text for one value, by RFC 8785 (keys sorted by UTF-16 units, no spaces, numbers as JavaScript
// spells them). Stricter than the RFC in one point: -0 is refused, since JSON.parse and JSON.stringify disagree on it.
import type { JsonValue } from '../protocol/json.ts'
import { AppError } from './errors.ts'

function refuse(what: string, path: string): never {
  throw new AppError('NOT_CANONICAL', `${what} at ${path} is not allowed in JSON state`, { details: { path } })
}

function write(value: unknown, path: string): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(String(value), path)
    if (Object.is(value, -0)) refuse('-0', path)
    return String(value)
  }
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return writeArray(value, path)
  if (typeof value === 'object') {
    const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const entries = Object.entries(value)
    const byKey = new Map<string, unknown>(entries)
    return `{${keys.map((key) => `${JSON.stringify(key)}:${write(byKey.get(key), `${path}.${key}`)}`).join(',')}}`
  }
  return refuse(typeof value, path)
}

function writeArray(values: readonly unknown[], path: string): string {
  let text = '['
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ','
    const value = values[i]
    // Fast path: grids are long lists of small integers.
    text += typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : write(value, `${path}[${i}]`)
  }
  return `${text}]`
}

/**
 * Canonical text of plain JSON.
 * @throws AppError NOT_CANONICAL naming the path of a value that JSON cannot represent
 *
 * @example
 * import { canonicalJson } from 'paracosm/world'
 *
 * console.log(canonicalJson({ b: 1, a: [true] })) // {"a":[true],"b":1}
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, '$')
}
