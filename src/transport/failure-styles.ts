// The three shapes of a failure that the contracts fix: Problem, the session API's `{detail}`, and the perception
// protocol's `{error: {…}}`. errors.ts decides the content; this file decides the format.
import type { JsonValue } from '../protocol/json.ts'
import type { Failure } from './errors.ts'

/** How one API writes failures. */
export interface FailureStyle {
  /** Body of the answer, ready for JSON. */
  body(failure: Failure): object
  /** Statuses by code, where the API fixes another one than `src/kernel/errors.ts`. */
  readonly statuses: Readonly<Record<string, number>>
  /** Seconds for Retry-After by status, where the API requires the header on further statuses. */
  readonly retryAfter: Readonly<Record<number, number>>
}

/** `{code, message, hint, details?}`: every route without a contract of its own. */
export const PROBLEM_STYLE: FailureStyle = {
  statuses: {},
  retryAfter: {},
  body: ({ code, message, hint, details }) => ({
    code,
    message,
    hint,
    ...(details === undefined ? {} : { details }),
  }),
}

/** `{detail}`: the session API. Bodies and queries that do not match their schema give a list of faults. */
export const DETAIL_STYLE: FailureStyle = {
  statuses: {
    CONFIG_INVALID: 400,
    CHOICE_INVALID: 400,
    QUEUE_FULL: 503,
    JSON_MALFORMED: 422,
    BAD_REQUEST: 422,
    MEDIA_TYPE_UNSUPPORTED: 422,
  },
  retryAfter: {},
  body(failure) {
    if (failure.faults) {
      // Values are omitted: a secret may have been sent in the wrong field.
      const detail = failure.faults.map(({ path, message, rule, isMissing }) => ({
        type: isMissing ? 'missing' : (rule ?? 'value_error'),
        loc: [...path],
        msg: isMissing ? 'Field required' : message,
        input: null,
      }))
      return { detail }
    }
    if (failure.code === 'MEDIA_TYPE_UNSUPPORTED') {
      const msg = 'The body must be JSON: send it with content-type application/json'
      return { detail: [{ type: 'media_type_unsupported', loc: ['header', 'content-type'], msg, input: null }] }
    }
    // A body that cannot be read is a validation error in this API.
    if (UNREADABLE.has(failure.code)) {
      return { detail: [{ type: 'json_invalid', loc: ['body'], msg: failure.message, input: null }] }
    }
    return { detail: failure.message }
  },
}

const UNREADABLE: ReadonlySet<string> = new Set(['JSON_MALFORMED', 'JSON_TOO_DEEP', 'BAD_REQUEST'])

/** `{error: {code, message, details, timestamp}}`: the perception protocol. */
export const PERCEPTION_STYLE: FailureStyle = {
  statuses: {
    VALIDATION_ERROR: 400,
    JSON_MALFORMED: 400,
    JSON_TOO_DEEP: 400,
    // 409 asks a client to retry, which does not help after the end of an episode.
    EPISODE_OVER: 410,
  },
  retryAfter: { 409: 1 },
  body({ code, message, hint, details }) {
    const known: Record<string, JsonValue> = code === 'INTERNAL_ERROR' ? {} : { ...details, hint }
    return { error: { code, message, details: known, timestamp: new Date().toISOString() } }
  },
}

/** A failure in its wire format. */
export interface WrittenFailure {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Writes a failure in the shape of one API, with the headers that belong to its status. */
export function writeFailure(failure: Failure, style: FailureStyle): WrittenFailure {
  const status = style.statuses[failure.code] ?? failure.status
  const retryAfter = failure.retryAfter ?? style.retryAfter[status]
  return {
    status,
    body: JSON.stringify(style.body(failure)),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...failure.headers,
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
  }
}
