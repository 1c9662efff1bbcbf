// JSON Schemas from packages, always read as draft 2020-12. They are untrusted input: their cost is bounded, and
// nothing that they refer to is fetched. Our own shapes are zod schemas in protocol/.
import { isIPv4, isIPv6 } from 'node:net'
import { runInNewContext } from 'node:vm'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { toDialect } from './foreign-dialect.ts'

/** Maximum cost of a foreign schema. Nodes are JSON values inside the schema. */
const LIMITS = { depth: 100, nodes: 50_000, compileMs: 5000, validateMs: 2000, dangling: 20 } as const

/** One fault of a document: its place as a JSON path, and a description. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** A compiled schema, or why it cannot be used. */
export type SchemaVerdict =
  | { readonly ok: true; readonly validate: (value: JsonValue) => readonly Fault[] }
  | { readonly ok: false; readonly reason: string }

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const days = DAYS[Number(month) - 1] ?? 0
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  return Number(year) > 0 && Number(day) >= 1 && Number(day) <= (month === '02' && !isLeap ? 28 : days)
}

function isRegex(text: string): boolean {
  try {
    toRegex(text, 'u')
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Formats that are asserted; all others are annotations. Emails only need an `@`, as packages expect. */
const FORMATS = {
  date: isDate,
  email: (text: string) => text.includes('@'),
  'idn-email': (text: string) => text.includes('@'),
  ipv4: (text: string) => isIPv4(text),
  ipv6: (text: string) => isIPv6(text) && !text.includes('%'),
  regex: isRegex,
  uuid: (text: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
}

/**
 * Patterns that only the laxer grammar accepts, for instance with a needless backslash, are common in schemas from
 * other languages.
 */
function toRegex(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return new RegExp(pattern, flags.replace('u', ''))
  }
}

/** Compiles `schema` as draft 2020-12; its own `$schema` is ignored, remote references are never fetched. */
export function compileForeignSchema(schema: JsonObject): SchemaVerdict {
  const size = measure(schema)
  if (size.depth > LIMITS.depth) return { ok: false, reason: `nests deeper than ${LIMITS.depth} levels` }
  if (size.nodes > LIMITS.nodes) return { ok: false, reason: `has more than ${LIMITS.nodes} values` }
  if (schema.$schema !== undefined && typeof schema.$schema !== 'string') {
    return { ok: false, reason: '#/$schema must be a string' }
  }
  const dangling = new Set<string>()
  for (;;) {
    try {
      const compiled = withinTime(LIMITS.compileMs, () => createAjv().compile(toDialect(schema, dangling)))
      return { ok: true, validate: (value) => validate(compiled, value) }
    } catch (error) {
      const missing = missingReference(error)
      // A local reference without a target is a fault only where it is reached.
      if (missing === undefined || dangling.has(missing) || dangling.size >= LIMITS.dangling) {
        return { ok: false, reason: describe(error) }
      }
      dangling.add(missing)
    }
  }
}

/** The local reference that could not be resolved, if that is what the error is about. */
function missingReference(error: unknown): string | undefined {
  if (!(error instanceof Ajv2020.MissingRefError)) return undefined
  return error.missingRef.startsWith('#') ? error.missingRef : undefined
}

/** One sentence; the validator repeats a fault for each branch of the meta-schema that finds it. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return [...new Set(message.split(', '))].join(', ').replaceAll('data/', '#/')
}

function createAjv(): Ajv2020 {
  return new Ajv2020({
    strict: false,
    allErrors: true,
    logger: false,
    inlineRefs: false,
    ownProperties: true,
    formats: FORMATS,
    code: { regExp: Object.assign(toRegex, { code: 'toRegex' }) },
  })
}

function validate(compiled: ValidateFunction, value: JsonValue): readonly Fault[] {
  try {
    const isValid = withinTime(LIMITS.validateMs, () => compiled(value))
    return isValid === true ? [] : (compiled.errors ?? []).slice(0, 20).map(toFault)
  } catch (error) {
    // The time limit's error belongs to another realm, so it is not an instance of this realm's Error.
    return [{ path: '$', message: `could not be checked: ${String(error)}` }]
  }
}

/** Runs synchronous work and aborts it when its time is up, even inside a hostile regular expression. */
function withinTime<T>(limitMs: number, work: () => T): T {
  return runInNewContext('work()', { work }, { timeout: limitMs })
}

function toFault(error: ErrorObject): Fault {
  const path = pointerToPath(error.instancePath)
  const params: Readonly<Record<string, unknown>> = error.params
  switch (error.keyword) {
    case 'required':
      return { path: `${path}.${String(params.missingProperty)}`, message: 'is required' }
    case 'additionalProperties':
      return { path: `${path}.${String(params.additionalProperty)}`, message: 'unknown key' }
    case 'unevaluatedProperties':
      return { path: `${path}.${String(params.unevaluatedProperty)}`, message: 'unknown key' }
    case 'enum':
    case 'const':
      return {
        path,
        message: `${error.message ?? error.keyword}: ${JSON.stringify(params.allowedValues ?? params.allowedValue)}`,
      }
    default:
      return { path, message: error.message ?? error.keyword }
  }
}

function pointerToPath(pointer: string): string {
  let path = '$'
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path += /^\d+$/.test(key) ? `[${key}]` : `.${key}`
  }
  return path
}

function measure(root: JsonValue): { depth: number; nodes: number } {
  let nodes = 0
  let depth = 0
  let level: JsonValue[] = [root]
  while (level.length > 0 && depth <= LIMITS.depth && nodes <= LIMITS.nodes) {
    depth += 1
    nodes += level.length
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return { depth, nodes }
}
