// JSON values, on every wire and at rest.
import { z } from 'zod'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Any JSON value. Numbers are finite: JSON cannot represent `NaN` or `Infinity`. */
export const JsonValue: z.ZodType<JsonValue> = z.json()

/** A JSON object: neither an array nor `null`. */
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), JsonValue)

/** A value that comes from `JSON.parse`: not checked further. For hot paths. */
export const ParsedJson = z.custom<JsonValue>((value) => value !== undefined)
