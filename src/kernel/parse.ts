// The one gate from untrusted values to typed ones.
import type { z } from 'zod'
import type { JsonValue } from '../protocol/json.ts'
import { AppError, type ErrorCode } from './errors.ts'

/** Spells a zod path as a JSON path: `$.players[0].name`. */
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
    // An unknown key is at fault itself, not the object that it stands in.
    path: formatPath(issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path),
    message: issue.message,
  }))
  const first = faults[0]
  throw new AppError(what.code, `${what.what} is not valid: ${first?.path ?? '$'}: ${first?.message ?? 'invalid'}`, {
    details: { faults },
  })
}

/** Line and column (both from 1) of an offset in `text`. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}

/**
 * Parses JSON text.
 * @throws AppError JSON_MALFORMED with line and column of the fault where the engine tells it
 */
export function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = /position (\d+)/.exec(message)?.[1]
    const at = lineAndColumn(text, offset === undefined ? text.length : Number(offset))
    throw new AppError('JSON_MALFORMED', `${what} is not JSON: line ${at.line}, column ${at.column}: ${message}`, {
      details: at,
      cause: error,
    })
  }
}
