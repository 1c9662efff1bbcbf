// Seals personal data with AES-256-GCM. A sealed text names its key and is bound to its player: it cannot be opened
// with another key, or for another player.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'

/** Bytes of a key. */
export const VAULT_KEY_BYTES = 32
/** Bytes of the nonce, which is random for each text, and of the tag: the standard sizes for GCM. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEALED = /^v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)$/

export interface Vault {
  /** Identifies the key without revealing it: 16 hex digits. */
  readonly keyId: string
  seal(playerId: string, text: string): string
  /** @throws AppError PII_KEY_WRONG when another key sealed it, STORE_CORRUPT when it has been altered */
  open(playerId: string, sealed: string): string
}

/** @param key 32 bytes */
export function createVault(key: Uint8Array): Vault {
  const keyId = createHmac('sha256', key).update('paracosm personal data').digest('hex').slice(0, 16)
  return {
    keyId,
    seal(playerId, text) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(playerId))
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `v1.${keyId}.${Buffer.concat(parts).toString('base64url')}`
    },
    open(playerId, sealed) {
      const [, sealedBy, body = ''] = SEALED.exec(sealed) ?? []
      if (sealedBy === undefined) throw corrupt(playerId)
      if (sealedBy !== keyId) {
        throw new AppError(
          'PII_KEY_WRONG',
          `the personal data of player ${playerId} is encrypted with key ${sealedBy}, not with ${keyId}`,
        )
      }
      const bytes = Buffer.from(body, 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw corrupt(playerId)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(playerId))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        const start = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([start, decipher.final()]).toString('utf8')
      } catch (cause) {
        throw corrupt(playerId, cause)
      }
    },
  }
}

const corrupt = (playerId: string, cause?: unknown): AppError =>
  new AppError('STORE_CORRUPT', `the personal data of player ${playerId} was modified or truncated`, { cause })
