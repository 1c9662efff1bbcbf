// What a request proves about who sends it.
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/errors.ts'

/** The token of `Authorization: Bearer <token>`; it is never read from a URL, where logs would see it. */
export function readToken(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S{1,200})$/i.exec(headers.authorization ?? '')?.[1]
}

const LOCAL_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/

/**
 * Refuses what a page of another site could make a browser of this machine send: an adapter without tokens trusts whoever
 * can reach it.
 * @throws AppError TOKEN_REFUSED
 */
export function checkLocal(headers: IncomingHttpHeaders): void {
  const origin = headers.origin?.replace(/^https?:\/\//, '')
  if (LOCAL_NAME.test(headers.host ?? '') && (origin === undefined || LOCAL_NAME.test(origin))) return
  throw new AppError('TOKEN_REFUSED', 'an adapter without tokens answers to this machine alone')
}
