// Credentials in requests and handshakes: one Bearer grammar, and comparison in constant time. The host finds episodes by
// token (src/host/token-index.ts).
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Longest credential that is read, in characters. Ours have 22 to 64; longer ones only cost time to hash. */
const MAX_CREDENTIAL = 512

const BEARER = new RegExp(`^Bearer +([!-~]{1,${MAX_CREDENTIAL}}) *$`, 'i')

/**
 * The credential of `Authorization: Bearer <credential>`: 1 to 512 visible ASCII characters. Undefined when the header
 * is absent or has another form. URLs are never read: they end up in logs.
 */
export function readBearer(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}

/** Compares two secrets in constant time. Hashing first hides the length of the expected one. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
