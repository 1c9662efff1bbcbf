// Secrets of packages, sealed like personal data. They leave the store only for the environment of the package's game; all
// other interfaces show only names.
import { AppError } from '../../kernel/errors.ts'
import { requireCurrent } from '../people/personal-key.ts'
import type { Vault } from '../people/vault.ts'
import type { Store } from '../store.ts'
import { nameKey } from './coworlds.ts'
import { coworldOwnerOf } from './secret-rows.ts'

/** Bytes of one secret (contract section 14), and number of secrets of one package. */
export const MAX_COWORLD_SECRET = 1024 * 1024
const MAX_SECRETS = 100
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/

export interface CoworldSecretRecord {
  readonly name: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

export class CoworldSecrets {
  readonly #store: Store
  readonly #vault: Vault
  readonly #now: () => number

  constructor(store: Store, vault: Vault, now: () => number = Date.now) {
    this.#store = store
    this.#vault = vault
    this.#now = now
  }

  /**
   * Stores a secret, in place of an earlier one of the name.
   * @throws AppError VALIDATION_ERROR, BODY_TOO_LARGE, RATE_LIMITED; none names the value
   */
  async put(coworld: string, name: string, value: Uint8Array): Promise<CoworldSecretRecord> {
    check(name, value)
    const name_key = nameKey(coworld)
    const row = { sealed: this.#seal(name_key, name, value), size_bytes: value.length, updated_at: this.#now() }
    await this.#store.transaction(async (tx) => {
      await requireCurrent(tx, this.#store.kind, this.#vault)
      const others = await tx
        .selectFrom('coworld_secrets')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('name_key', '=', name_key)
        .where('secret_name', '!=', name)
        .executeTakeFirst()
      if (Number(others?.count ?? 0) >= MAX_SECRETS) {
        throw new AppError('RATE_LIMITED', `a package has at most ${MAX_SECRETS} secrets`, {
          hint: 'Delete one with: paracosm coworld secret delete COWORLD NAME',
        })
      }
      await tx
        .insertInto('coworld_secrets')
        .values({ name_key, secret_name: name, ...row })
        .onConflict((conflict) => conflict.columns(['name_key', 'secret_name']).doUpdateSet(row))
        .execute()
    })
    return { name, bytes: row.size_bytes, updatedAt: row.updated_at }
  }

  /** By name. */
  async list(coworld: string): Promise<CoworldSecretRecord[]> {
    const rows = await this.#store.db
      .selectFrom('coworld_secrets')
      .select(['secret_name', 'size_bytes', 'updated_at'])
      .where('name_key', '=', nameKey(coworld))
      .orderBy('secret_name')
      .execute()
    return rows.map(toRecord)
  }

  /** @throws AppError UNKNOWN_UPLOAD */
  async remove(coworld: string, name: string): Promise<CoworldSecretRecord> {
    const row = await this.#store.db
      .deleteFrom('coworld_secrets')
      .where('name_key', '=', nameKey(coworld))
      .where('secret_name', '=', name)
      .returning(['secret_name', 'size_bytes', 'updated_at'])
      .executeTakeFirst()
    if (row) return toRecord(row)
    throw new AppError('UNKNOWN_UPLOAD', `${coworld} has no secret ${JSON.stringify(name.slice(0, 100))}`, {
      hint: 'List them with: paracosm coworld secret list COWORLD',
    })
  }

  /** Only for the environment of the package's game. Undefined: there is none. */
  async open(coworld: string, name: string): Promise<Uint8Array | undefined> {
    const name_key = nameKey(coworld)
    const row = await this.#store.db
      .selectFrom('coworld_secrets')
      .select('sealed')
      .where('name_key', '=', name_key)
      .where('secret_name', '=', name)
      .executeTakeFirst()
    return row && Buffer.from(this.#vault.open(coworldOwnerOf(name_key, name), row.sealed), 'base64')
  }

  /** Values are bytes, and the vault seals text. */
  #seal(key: string, name: string, value: Uint8Array): string {
    return this.#vault.seal(coworldOwnerOf(key, name), Buffer.from(value).toString('base64'))
  }
}

function check(name: string, value: Uint8Array): void {
  if (!NAME.test(name)) {
    throw new AppError('VALIDATION_ERROR', `a secret cannot be named ${JSON.stringify(name.slice(0, 100))}`, {
      hint: 'Use 1 to 100 letters, digits, dots, dashes and underscores, and begin with a letter, digit or underscore.',
    })
  }
  if (value.length === 0) throw new AppError('VALIDATION_ERROR', `the secret ${name} is empty`)
  if (value.length > MAX_COWORLD_SECRET) {
    throw new AppError('BODY_TOO_LARGE', `a secret has at most ${MAX_COWORLD_SECRET} bytes`)
  }
}

const toRecord = (row: { secret_name: string; size_bytes: number; updated_at: number }): CoworldSecretRecord => ({
  name: row.secret_name,
  bytes: Number(row.size_bytes),
  updatedAt: Number(row.updated_at),
})
