// Translates failures of the session client into errors of the command line.
import { ClientError, type ClientErrorCode } from '../../client/client-error.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'

const CODES: Readonly<Record<ClientErrorCode, ErrorCode>> = {
  UNREACHABLE: 'SERVER_UNREACHABLE',
  TIMEOUT: 'SERVER_UNREACHABLE',
  ABORTED: 'INTERRUPTED',
  LEFT: 'INTERRUPTED',
  UNAUTHORIZED: 'KEY_REFUSED',
  FORBIDDEN: 'KEY_REFUSED',
  NOT_FOUND: 'UNKNOWN_SESSION',
  CONFLICT: 'SERVER_REFUSED',
  INVALID: 'SERVER_REFUSED',
  RATE_LIMITED: 'RATE_LIMITED',
  SERVER_ERROR: 'SERVER_REFUSED',
  PROTOCOL: 'SERVER_REFUSED',
  ALREADY_CONNECTED: 'SLOT_TAKEN',
  SESSION_CLOSED: 'EPISODE_OVER',
  SUPERSEDED: 'SLOT_TAKEN',
  QUEUE_FULL: 'QUEUE_FULL',
  INPUT_TOO_LONG: 'BODY_TOO_LARGE',
}

/** Runs a request to the server and translates its failures. */
export async function withServer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const isGame = error.code === 'NOT_FOUND' && error.message.startsWith('Game not found')
    const code = isGame ? 'UNKNOWN_GAME' : CODES[error.code]
    throw new AppError(code, error.message, { cause: error })
  }
}
