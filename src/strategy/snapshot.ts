// Frozen copies of payload values. A program sees only these, so neither later changes to the payload nor anything in
// it that is not plain JSON can reach a run, and no value of a run refers to the caller's objects.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { DslError } from './errors.ts'
import { MAX_PAYLOAD_DEPTH } from './limits.ts'

/** Represents every empty object, so that emptiness is a comparison by identity. */
export const EMPTY_OBJECT: JsonObject = Object.freeze({})

/** The keys of every object in a set of snapshots, listed once so that comparing them can stop at any element. */
export type KeyLists = Map<JsonObject, readonly string[]>

/** Sets an own entry, even for the key `__proto__`, without touching any prototype. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  } else target[key] = value
}

/** Own entry of `object`, or undefined. */
export function getOwn<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** A shallow copy with own entries only. */
export function copyOwn<T>(object: Readonly<Record<string, T>> | null | undefined): Record<string, T> {
  return { ...object }
}

/**
 * A frozen deep copy. Values that JSON cannot represent (undefined, functions, symbols, big integers) become null, and
 * -0 becomes 0. Non-finite numbers are kept.
 * @param keys receives the key list of every object copied
 * @throws DslError DslLimitExceededError when `value` is nested deeper than MAX_PAYLOAD_DEPTH
 */
export function snapshot(value: unknown, keys: KeyLists, depth = 0): JsonValue {
  if (typeof value === 'number') return value === 0 ? 0 : value
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  if (depth > MAX_PAYLOAD_DEPTH) {
    throw new DslError('DslLimitExceededError', `A payload value is nested deeper than ${MAX_PAYLOAD_DEPTH} levels`)
  }
  if (Array.isArray(value)) {
    return Object.freeze(Array.from(value, (each: unknown) => snapshot(each, keys, depth + 1)))
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return EMPTY_OBJECT
  const copy: Record<string, JsonValue> = {}
  for (const [key, each] of entries) setOwn(copy, key, snapshot(each, keys, depth + 1))
  const frozen: JsonObject = Object.freeze(copy)
  keys.set(frozen, Object.freeze(entries.map(([key]) => key)))
  return frozen
}
