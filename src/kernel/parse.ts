// The one gate from untrusted values to typed ones.

import type { z } from 'zod'
import type { JsonValue } from '../protocol/json.ts'
import { at } from './at.ts'
import { AppError, type ErrorCode } from './errors.ts'
import { findJsonFault, findTooDeep } from './json-fault.ts'

/** Writes a zod path as a JSON path: `$.players[0].name`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '$'
  for (const key of path) text += typeof key === 'number' ? `[${key}]` : `.${String(key)}`
  return text
}

interface Issues {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}

/**
 * The first fault of a failed parse, as `path: message`.
 * @param whole what to call the value when the fault is not in a part of it. Then parts are named `a.0.b`; without it the
 * path is a JSON path, `$.a[0].b`
 */
export function describeIssue({ issues }: Issues, whole?: string): string {
  const { path = [], message = 'invalid' } = issues[0] ?? {}
  const where = whole === undefined ? formatPath(path) : path.map(String).join('.') || whole
  return `${where}: ${message}`
}

/**
 * Parses `value` by `schema`.
 * @param what names the thing in the message: 'configuration', 'command file'
 * @throws AppError with `code`; its details list every fault as `{path, message}`
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, what: { code: ErrorCode; what: string }): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.slice(0, 20).map((issue) => ({
    // The error is the unknown key itself, not the object that contains it.
    path: formatPath(issue.code === 'unrecognized_keys' ? [...issue.path, at(issue.keys, 0)] : issue.path),
    message: issue.message,
  }))
  const first = faults[0]
  throw new AppError(what.code, `${what.what} is not valid: ${first?.path ?? '$'}: ${first?.message ?? 'invalid'}`, {
    details: { faults },
  })
}

/** Line and column (both from 1) of an offset in `text`. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line++
    start = end + 1
  }
  return { line, column: offset - start + 1 }
}

/** Levels of nesting in JSON from outside: far more than any format here has, far less than recursion can handle. */
export const MAX_JSON_DEPTH = 500

/**
 * Refuses JSON text that is nested too deeply, before recursive code (schemas, canonical JSON) sees it.
 * @param what names the text in the message
 * @throws AppError VALIDATION_ERROR with line and column of the first bracket that is too deep
 */
export function checkDepth(text: string, what: string, maxDepth = MAX_JSON_DEPTH): void {
  const offset = findTooDeep(text, maxDepth)
  if (offset === undefined) return
  const at = lineAndColumn(text, offset)
  const message = `${what} is nested deeper than ${maxDepth} levels: line ${at.line}, column ${at.column}`
  throw new AppError('VALIDATION_ERROR', message, {
    details: at,
    hint: `Nest the JSON at most ${maxDepth} levels deep.`,
  })
}

/**
 * Parses JSON text.
 * @throws AppError JSON_MALFORMED with line and column of the first mistake; VALIDATION_ERROR with those of the first
 * bracket that is too deep
 */
export function parseJson(
  text: string,
  what: string,
  { maxDepth = MAX_JSON_DEPTH }: { readonly maxDepth?: number } = {},
): JsonValue {
  checkDepth(text, what, maxDepth)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const fault = findJsonFault(text)
    // The scanner and the engine accept the same texts; a test checks this.
    if (!fault) throw cause
    const at = lineAndColumn(text, fault.offset)
    throw new AppError('JSON_MALFORMED', `${what} is not JSON: line ${at.line}, column ${at.column}: ${fault.what}`, {
      details: at,
      cause,
    })
  }
}
