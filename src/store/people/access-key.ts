// Access keys of players: their format and their hashes. A key is shown once; the store has only its SHA-256.
import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'

const PREFIX = 'dcs-ak-'
/** Random bytes of a key: 43 characters as base64url. */
const KEY_BYTES = 32
/** Length of a whole key, in characters. */
const KEY_LENGTH = PREFIX.length + 43

/** A new random key: `dcs-ak-` and 43 URL-safe characters. */
export function createAccessKey(): string {
  return `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`
}

/**
 * The stored hash of a key: 64 hex digits. Blanks around the key are ignored. Any text has a hash, because keys from a
 * seed folder have no fixed format.
 */
export function hashAccessKey(key: string): string {
  return createHash('sha256').update(key.trim()).digest('hex')
}

/**
 * The key without surrounding blanks.
 * @throws AppError KEY_INVALID when it does not have the format of a key; the message does not repeat it
 */
export function checkAccessKey(key: string): string {
  const trimmed = key.trim()
  const found = [...trimmed].length
  if (found !== KEY_LENGTH) {
    throw new AppError('KEY_INVALID', `an access key has ${KEY_LENGTH} characters; this one has ${found}`)
  }
  if (!trimmed.startsWith(PREFIX)) throw new AppError('KEY_INVALID', `an access key begins with ${PREFIX}`)
  if (!/^[A-Za-z0-9_-]*$/.test(trimmed)) {
    throw new AppError('KEY_INVALID', `after ${PREFIX}, an access key contains only letters, digits, - and _`)
  }
  return trimmed
}
