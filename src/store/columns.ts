// How values are stored in columns, the same on both backends: JSON as text, text without NUL.
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'

/** Text that both backends can keep. PostgreSQL has no NUL in text: it becomes U+FFFD. */
export function storedText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
}

export function writeJsonColumn(value: JsonValue): string {
  return JSON.stringify(value)
}

/**
 * Parses the value of a JSON column.
 * @param what names the column in the error
 * @throws AppError STORE_CORRUPT when it does not fit the schema
 */
export function readJsonColumn<T>(schema: z.ZodType<T>, text: string, what: string): T {
  // No depth limit: a row that was stored must stay readable.
  const value = parseJson(text, what, { maxDepth: Number.POSITIVE_INFINITY })
  return parseWith(schema, value, { code: 'STORE_CORRUPT', what })
}

/**
 * The object in a JSON column, exactly as it was written: a schema would drop keys such as `__proto__`.
 * @param what names the column in the error
 * @throws AppError STORE_CORRUPT when it is not an object, JSON_MALFORMED
 */
export function readObjectColumn(text: string, what: string): JsonObject {
  const value = parseJson(text, what)
  if (isObject(value)) return value
  throw new AppError('STORE_CORRUPT', `${what} is not a JSON object`)
}
