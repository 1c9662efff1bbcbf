// A check of JSON values that needs no schema: views of worlds use it in browsers that load none.
import type { JsonObject, JsonValue } from './json.ts'

/** Whether a JSON value is an object: neither an array nor `null`. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
