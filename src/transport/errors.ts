// Decides what a thrown value means to a client: status, code, message, hint, and when to retry. failure-styles.ts
// writes the result in the shape of each API; fastify-failures.ts installs both on routes.
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AppError, ERRORS, type ErrorCode } from '../kernel/errors.ts'
import type { JsonObject } from '../protocol/json.ts'

/** One field that does not match its schema. */
export interface FieldFault {
  /** Where the field is: `body`, `query`, `params`, or `headers`, then the keys that lead to it. */
  readonly path: readonly string[]
  readonly message: string
  /** Keyword of the schema rule, such as `too_small`. */
  readonly rule: string | undefined
  /** Whether the field is required and absent. */
  readonly isMissing: boolean
}

/** A failure as a client may see it. It never holds a stack, a secret, or the message of an unknown error. */
export interface Failure {
  /** HTTP status, 400 to 599. */
  readonly status: number
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly details?: JsonObject | undefined
  /** Seconds after which a retry can succeed; undefined when a retry does not help. */
  readonly retryAfter?: number | undefined
  readonly faults?: readonly FieldFault[] | undefined
  /** Headers that the status requires, such as `Allow` for 405. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A refusal in an API's own words, where the contract fixes the sentence and has no codes. */
export class ApiRefusal extends Error {
  /** HTTP status, 400 to 499. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiRefusal'
    this.status = status
  }
}

/** Seconds to wait before a retry, for statuses after which a retry can succeed. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 1, 503: 1, 504: 1, 507: 5 }

/** Codes for statuses that come from Fastify or Node rather than from our own code. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  426: 'UPGRADE_REQUIRED',
  429: 'RATE_LIMITED',
  431: 'HEADERS_TOO_LARGE',
  503: 'INTERRUPTED',
}

/**
 * Maps any thrown value to the failure that a client sees. Unknown errors become 500 and reveal nothing.
 * @param body the parsed body of the request, to distinguish absent fields from wrong ones
 */
export function toFailure(error: unknown, body?: unknown): Failure {
  if (error instanceof AppError) return fromAppError(error)
  if (hasZodFastifySchemaValidationErrors(error)) return fromSchemaFaults(error, body)
  if (error instanceof ApiRefusal) return fromRefusal(error)
  const status = statusOf(error)
  if (status !== undefined && error instanceof Error) return fromStatus(status, error.message)
  if (isPassing(error)) return fromAppError(new AppError('STORE_UNAVAILABLE', 'The database cannot be reached now.'))
  return {
    status: 500,
    code: 'INTERNAL_ERROR',
    message: 'The server could not answer this request because of an internal error.',
    hint: 'Try again; the log of the server has the cause.',
  }
}

/** The failure for a status that needs no exception, such as 404 for an unknown route. */
export function fromStatus(status: number, message: string, headers?: Readonly<Record<string, string>>): Failure {
  const code = CODE_OF_STATUS[status] ?? 'BAD_REQUEST'
  return { status, code, message, hint: ERRORS[code].hint, retryAfter: RETRY_AFTER[status], headers }
}

function fromRefusal({ status, message }: ApiRefusal): Failure {
  return { status, code: 'REFUSED', message, hint: 'See /openapi.json for what this route takes.' }
}

/** Never reveal paths of the server to a client. */
const DISK_FAILURE = {
  message: 'The server cannot write to its disk now.',
  hint: 'Try again later; /readyz and the log of the server have the cause.',
}

function fromAppError(error: AppError): Failure {
  if (error.code === 'FILE_UNWRITABLE') {
    return { status: error.status, code: error.code, ...DISK_FAILURE, retryAfter: RETRY_AFTER[error.status] }
  }
  const { status, code, message, details } = error
  const given = details?.retry_after_s
  const retryAfter = typeof given === 'number' ? given : RETRY_AFTER[status]
  // RFC 9110, 15.5.22: a 426 names the protocol.
  const headers = status === 426 ? { upgrade: 'websocket' } : undefined
  return { status, code, message, hint: error.hint, details, retryAfter, headers }
}

interface SchemaFaults {
  readonly validationContext?: string | undefined
  readonly validation: readonly {
    readonly instancePath: string
    readonly message?: string | undefined
    readonly keyword?: string
  }[]
}

function fromSchemaFaults(error: SchemaFaults, body: unknown): Failure {
  const where = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'body')
  const faults = error.validation.map((each) => {
    const keys = each.instancePath.split('/').filter((part) => part !== '')
    const isMissing = where === 'body' && keys.length > 0 && valueAt(body, keys) === undefined
    return { path: [where, ...keys], message: each.message ?? 'invalid', rule: each.keyword, isMissing }
  })
  const [first] = faults
  const named = faults.map(({ path, message }) => ({ path: path.join('.'), message }))
  return {
    status: 422,
    code: 'VALIDATION_ERROR',
    message: first ? `${first.path.join('.')}: ${first.message}` : 'The request does not match its schema.',
    hint: ERRORS.VALIDATION_ERROR.hint,
    details: { faults: named },
    faults,
  }
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = new Map<string, unknown>(Object.entries(at)).get(key)
  }
  return at
}

/** The status that Fastify, Node, or a refusal in an API's own words carries; undefined for anything else. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const status = Number(error.statusCode)
  return Number.isInteger(status) && status >= 400 && status < 500 ? status : undefined
}

/** System errors and SQLSTATE classes that mean "the database went away", after which a retry can succeed. */
const PASSING = /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|08...|57P0[1-3]|53300)$/
/** Maximum length of a chain of causes. Longer ones are cycles or bugs. */
const MAX_CAUSES = 5

/** Whether an error, or one that caused it, is a lost connection to the database. */
export function isPassing(error: unknown): boolean {
  let at = error
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error; depth++) {
    if ('code' in at && PASSING.test(String(at.code))) return true
    if (/^Connection terminated/.test(at.message)) return true
    at = at.cause
  }
  return false
}
