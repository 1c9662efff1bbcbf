// How values stand in columns, the same on both backends: JSON as text, text without NUL.
import type { z } from 'zod'
import { parseJson, parseWith } from '../kernel/parse.ts'
import type { JsonValue } from '../protocol/json.ts'

/** Text that both backends can keep. PostgreSQL has no NUL in text: it becomes U+FFFD. */
export function storedText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
}

export function writeJsonColumn(value: JsonValue): string {
  return JSON.stringify(value)
}

/**
 * What a JSON column holds.
 * @param what names the column in the error
 * @throws AppError STORE_CORRUPT when it does not fit the schema
 */
export function readJsonColumn<T>(schema: z.ZodType<T>, text: string, what: string): T {
  // No limit of depth: a row that was stored once must stay readable.
  const value = parseJson(text, what, { maxDepth: Number.POSITIVE_INFINITY })
  return parseWith(schema, value, { code: 'STORE_CORRUPT', what })
}
