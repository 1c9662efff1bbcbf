// JSON whose numbers keep their spelling: 1.0, -0 and 20 digits are written exactly as they were read. A number that
// JavaScript would write differently is kept as raw JSON; everything else behaves as in JSON.parse.

declare global {
  // In the language since 2025 and in Node 24; the compiler's library does not declare it yet.
  interface JSON {
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

export type ExactObject = { readonly [key: string]: unknown }

const keepSpelling = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value

/** @throws SyntaxError */
export function parseExact(text: string): unknown {
  return JSON.parse(text, keepSpelling)
}

export function formatExact(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

/** Whether the value is an object, and neither a list nor a number kept as raw JSON. */
export function isExactObject(value: unknown): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

/** The same value with raw numbers converted to JavaScript numbers. */
export function toPlain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(formatExact(value)) : value
}
