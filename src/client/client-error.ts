// Failures between a client and its server. No message contains a key.
import type { Problem } from '../protocol/problem.ts'

/**
 * The codes of a `ClientError` that the client itself gives; a server may answer with others.
 *
 * @example
 * import { CLIENT_ERRORS } from 'paracosm/client'
 *
 * console.log(CLIENT_ERRORS.join(' '))
 */
export const CLIENT_ERRORS = [
  /** No answer, or the connection did not come back. */
  'UNREACHABLE',
  /** The server took longer than the client waits. */
  'TIMEOUT',
  /** The caller's signal was aborted. */
  'ABORTED',
  /** There is no key, or no player has this one. */
  'UNAUTHORIZED',
  /** The key belongs to another player. */
  'FORBIDDEN',
  'NOT_FOUND',
  /** The server's mode or the state of the thing does not allow it. */
  'CONFLICT',
  /** The server refuses the request; `detail` names the fields. */
  'INVALID',
  'RATE_LIMITED',
  'SERVER_ERROR',
  /** The answer does not follow the protocol. */
  'PROTOCOL',
  /** The session is open on another connection. */
  'ALREADY_CONNECTED',
  /** The session is over and accepts no more input. */
  'SESSION_CLOSED',
  /** `leave` was called while this waited. Inputs that the server has accepted are still played. */
  'LEFT',
  /** Another client continued the session while the connection was lost. The input was not sent again. */
  'SUPERSEDED',
  /** More inputs wait than the client keeps. */
  'QUEUE_FULL',
  /** The input does not fit into one frame. */
  'INPUT_TOO_LONG',
] as const
/** One of `CLIENT_ERRORS`. */
export type ClientErrorCode = (typeof CLIENT_ERRORS)[number]

interface About {
  /** HTTP status of the answer; 0 without one, and for the play socket. */
  readonly status?: number
  /** What the server said: a sentence, or a list of faults; what it says about the fields is kept as it came. */
  readonly detail?: unknown
  /** The whole problem document, if the server sent one. */
  readonly problem?: Problem | undefined
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/**
 * Everything that a client rejects with: code, message and hint. No message has a key in it.
 *
 * @example
 * import { ClientError } from 'paracosm/client'
 *
 * export const explain = (error: unknown): string => (error instanceof ClientError ? error.code : String(error))
 */
export class ClientError extends Error {
  readonly code: ClientErrorCode
  readonly status: number
  readonly detail: unknown
  readonly problem: Problem | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ClientErrorCode, message: string, about: About = {}) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause })
    this.name = 'ClientError'
    this.code = code
    this.status = about.status ?? 0
    this.detail = about.detail
    this.problem = about.problem
    this.retryAfterMs = about.retryAfterMs
  }
}

/** The code that goes with an HTTP status of 400 and above. */
export function codeOfStatus(status: number): ClientErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED'
    case 403:
      return 'FORBIDDEN'
    case 404:
      return 'NOT_FOUND'
    case 409:
      return 'CONFLICT'
    case 429:
      return 'RATE_LIMITED'
    default:
      return status < 500 ? 'INVALID' : 'SERVER_ERROR'
  }
}
