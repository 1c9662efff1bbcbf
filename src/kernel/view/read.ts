// Reads JSON received over a wire: a view draws what is there and never throws for what is missing.
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'

type Json = JsonValue | undefined

export function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {}
}

export function listOf(value: Json): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

export function numberOf(value: Json, otherwise = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

export function textOf(value: Json, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

/** A column of integers. */
export function columnOf(value: Json): Int32Array {
  const list = listOf(value)
  const column = new Int32Array(list.length)
  for (let i = 0; i < list.length; i++) column[i] = numberOf(list[i])
  return column
}

/** Counts by name. */
export function countsOf(value: Json): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([id, count]) => [id, numberOf(count)]))
}

/** The number of items by name; 0 if the name is missing. */
export function countOf(counts: Readonly<Record<string, number>> | undefined, name: string): number {
  const count = counts?.[name]
  return count === undefined ? 0 : count
}

/** An entry of a column; 0 if a received frame has no such entry. */
export function read(column: ArrayLike<number>, index: number): number {
  const value = column[index]
  return value === undefined ? 0 : value
}
