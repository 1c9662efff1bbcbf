// Credentials in requests and handshakes: one Bearer grammar, comparison in constant time, and a lookup of tokens whose
// cost does not grow with the number of tokens.
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

/** SHA-256 of a secret in base64: what indexes and logs may hold. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}

/** Compares two secrets in constant time. Hashing first hides the length of the expected one. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/**
 * Finds what a token opens. Tokens are kept as SHA-256 digests, so a wrong token costs one hash however many tokens
 * there are, and the time of the lookup reveals nothing about their characters.
 */
export class TokenIndex<T> {
  readonly #byHash = new Map<string, T>()

  get size(): number {
    return this.#byHash.size
  }

  /** Adds a token, or replaces what it opens. */
  add(token: string, value: T): void {
    this.#byHash.set(hashSecret(token), value)
  }

  delete(token: string): boolean {
    return this.#byHash.delete(hashSecret(token))
  }

  /** What the token opens; undefined for an unknown, empty, or overlong one. */
  find(token: string): T | undefined {
    if (token === '' || token.length > MAX_CREDENTIAL) return undefined
    return this.#byHash.get(hashSecret(token))
  }
}
