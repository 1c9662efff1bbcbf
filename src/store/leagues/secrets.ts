// Secrets of policy versions, sealed like personal data. They leave the store only for the environment of the policy's
// own program; all other interfaces show only names.
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { requireCurrent } from '../people/personal-key.ts'
import type { Vault } from '../people/vault.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { ownerOf } from './secret-rows.ts'

/**
 * Maximum number of secrets per version, length of a name in characters, and bytes of one value and of all values
 * together.
 */
export const MAX_SECRETS = 64
const MAX_SECRET_NAME = 100
const MAX_SECRET_BYTES = 16 * 1024
const MAX_SECRETS_BYTES = 64 * 1024
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Variables that the runner sets, and those that affect how programs are started. */
const RESERVED = /^(?:COGAME|COWORLD_|PARACOSM_|LD_|DYLD_|PATH$|HOME$|TMPDIR$|SHELL$|IFS$|ENV$|BASH_ENV$)/

/** @throws AppError VALIDATION_ERROR, which contains the name of the secret but never its value */
export function checkSecrets(secrets: Readonly<Record<string, string>>): void {
  const entries = Object.entries(secrets)
  if (entries.length > MAX_SECRETS)
    throw new AppError('VALIDATION_ERROR', `a policy has at most ${MAX_SECRETS} secrets`)
  let total = 0
  for (const [name, value] of entries) {
    if (!NAME.test(name) || name.length > MAX_SECRET_NAME || RESERVED.test(name)) {
      throw new AppError(
        'VALIDATION_ERROR',
        `a secret cannot be named ${JSON.stringify(name.slice(0, MAX_SECRET_NAME))}`,
        {
          hint: 'Use letters, digits and underscores, and no variable that the runner sets itself.',
        },
      )
    }
    const bytes = Buffer.byteLength(value)
    total += bytes
    if (bytes > MAX_SECRET_BYTES || total > MAX_SECRETS_BYTES || value.includes('\0')) {
      throw new AppError('VALIDATION_ERROR', `the secret ${name} is too long, or holds a NUL`, {
        hint: `A value has at most ${MAX_SECRET_BYTES} bytes, all of a policy ${MAX_SECRETS_BYTES}.`,
      })
    }
  }
}

export class LeagueSecrets {
  readonly #store: Store
  readonly #vault: Vault
  readonly #now: () => number

  constructor(store: Store, vault: Vault, now: () => number = Date.now) {
    this.#store = store
    this.#vault = vault
    this.#now = now
  }

  /** Seals the secrets of a new version, in the transaction that writes it. */
  async seal(tx: Transaction<Tables>, versionId: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(secrets)
    if (entries.length === 0) return
    await requireCurrent(tx, this.#store.kind, this.#vault)
    const created_at = this.#now()
    const rows = entries.map(([name, value]) => ({
      policy_version_id: versionId,
      name,
      sealed: this.#vault.seal(ownerOf(versionId, name), value),
      created_at,
    }))
    await tx.insertInto('league_secrets').values(rows).execute()
  }

  async names(versionId: string): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('league_secrets')
      .select('name')
      .where('policy_version_id', '=', versionId)
      .orderBy('name')
      .execute()
    return rows.map(({ name }) => name)
  }

  /** Only for the environment of the policy's program. */
  async open(versionId: string): Promise<Readonly<Record<string, string>>> {
    const rows = await this.#store.db
      .selectFrom('league_secrets')
      .select(['name', 'sealed'])
      .where('policy_version_id', '=', versionId)
      .execute()
    return Object.fromEntries(
      rows.map(({ name, sealed }) => [name, this.#vault.open(ownerOf(versionId, name), sealed)]),
    )
  }

  /** False: there was no secret of this name. */
  async remove(versionId: string, name: string): Promise<boolean> {
    const gone = await this.#store.db
      .deleteFrom('league_secrets')
      .where('policy_version_id', '=', versionId)
      .where('name', '=', name)
      .executeTakeFirst()
    return gone.numDeletedRows > 0n
  }
}
