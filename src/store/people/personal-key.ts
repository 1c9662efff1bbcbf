// The source of the key for personal data: the caller (who has it from the environment), or a file in the data folder
// that the first start creates. The store remembers which key sealed its data, so that a wrong key is detected before
// anything is read or written.

import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { isMissing, placeFile, toWriteError, writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import { PRIVATE_FOLDER } from '../../lib/private.ts'
import { sealSecretsAgain } from '../leagues/secret-rows.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { createVault, VAULT_KEY_BYTES, type Vault } from './vault.ts'

export interface KeySource {
  /** 32 bytes in base64; takes precedence over the file. */
  readonly key?: string | undefined
  /** The data folder, where `pii.key` is read or, for a store without personal data, created. */
  readonly folder?: string | undefined
}

export const KEY_FILE = 'pii.key'
/** The new key while a rotation is replacing the old one. */
const NEXT_KEY_FILE = 'pii.key.new'
const KEY_FACT = 'pii_key'

/**
 * The vault of a store.
 * @throws AppError PII_KEY_INVALID for an invalid or missing key; PII_KEY_WRONG when the store is sealed with another
 * one; FILE_UNREADABLE or FILE_UNWRITABLE for the file
 */
export async function openVault(store: Store, source: KeySource): Promise<Vault> {
  const expected = await readKeyId(store)
  const vault = createVault(await findKey(source, expected))
  if (expected === undefined) {
    await store.db
      .insertInto('store_facts')
      .values({ name: KEY_FACT, value: vault.keyId })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
  }
  const current = expected ?? (await readKeyId(store))
  if (current === vault.keyId) return vault
  throw new AppError(
    'PII_KEY_WRONG',
    `personal data in ${store.where} is encrypted with key ${current}, but key ${vault.keyId} was given`,
  )
}

/**
 * Call it inside the transaction that writes the sealed data, so that no rotation can happen in between.
 * @throws AppError PII_KEY_WRONG when the key has changed in the meantime
 */
export async function requireCurrent(tx: Transaction<Tables>, kind: Store['kind'], vault: Vault): Promise<void> {
  const select = tx.selectFrom('store_facts').select('value').where('name', '=', KEY_FACT)
  const row = await (kind === 'postgres' ? select.forShare() : select).executeTakeFirst()
  if (row === undefined || row.value === vault.keyId) return
  throw new AppError(
    'PII_KEY_WRONG',
    `the key of the personal data has been changed from ${vault.keyId} to ${row.value}`,
    {
      hint: 'Start the server again with the new key.',
    },
  )
}

export interface RotationReport {
  /** Ids of the keys. */
  readonly from: string
  readonly to: string
  readonly players: number
}

/**
 * Re-encrypts all personal data, and the secrets of policies, with another key. If the key is in a file, the file
 * contains the new key afterwards. After a crash, the key that the store needs is still there.
 * @param source the source of the current key
 * @param next 32 bytes in base64; may be left out if the key is in a file: then a random one is generated
 * @throws AppError like `openVault`
 */
export async function rotateKey(store: Store, source: KeySource, next?: string): Promise<RotationReport> {
  const before = await openVault(store, source)
  const { key, folder } = source
  if (next === undefined && (key !== undefined || folder === undefined)) {
    throw new AppError('PII_KEY_INVALID', 'the new key is missing', {
      hint: 'Set PARACOSM_PII_NEW_KEY to 32 new bytes in base64, as `openssl rand -base64 32` prints them.',
    })
  }
  const bytes = next === undefined ? randomBytes(VAULT_KEY_BYTES) : parseKey(next, 'PARACOSM_PII_NEW_KEY')
  const after = createVault(bytes)
  if (after.keyId === before.keyId) throw new AppError('PII_KEY_INVALID', 'the new key is the current key')
  const file = key === undefined && folder !== undefined ? folder : undefined
  if (file !== undefined) await writeNextKey(file, bytes)
  const players = await store.transaction(async (tx) => {
    const count = await sealAgain(tx, before, after)
    await sealSecretsAgain(tx, before, after)
    return count
  })
  if (file !== undefined) await placeFile(join(file, NEXT_KEY_FILE), join(file, KEY_FILE))
  return { from: before.keyId, to: after.keyId, players }
}

async function writeNextKey(folder: string, key: Uint8Array): Promise<void> {
  try {
    await writeKey(join(folder, NEXT_KEY_FILE), key)
  } catch (cause) {
    if (!isExisting(cause)) throw cause
    throw new AppError('STORE_BUSY', 'another key rotation is in progress', { cause })
  }
}

/** Rows per page. */
const PAGE = 500

async function sealAgain(tx: Transaction<Tables>, before: Vault, after: Vault): Promise<number> {
  // First: a concurrent writer then waits until the end, and finds that its key is outdated.
  await tx.updateTable('store_facts').set({ value: after.keyId }).where('name', '=', KEY_FACT).execute()
  let count = 0
  for (let last = ''; ; ) {
    const rows = await tx
      .selectFrom('personal_data')
      .select(['player_id', 'sealed'])
      .where('player_id', '>', last)
      .orderBy('player_id')
      .limit(PAGE)
      .execute()
    for (const { player_id, sealed } of rows) {
      const again = after.seal(player_id, before.open(player_id, sealed))
      await tx.updateTable('personal_data').set({ sealed: again }).where('player_id', '=', player_id).execute()
    }
    count += rows.length
    const end = rows.at(-1)
    if (!end || rows.length < PAGE) return count
    last = end.player_id
  }
}

async function readKeyId(store: Store): Promise<string | undefined> {
  const row = await store.db.selectFrom('store_facts').select('value').where('name', '=', KEY_FACT).executeTakeFirst()
  return row?.value
}

async function findKey({ key, folder }: KeySource, expected: string | undefined): Promise<Uint8Array> {
  if (key !== undefined) return parseKey(key, 'PARACOSM_PII_KEY')
  if (folder === undefined) throw new AppError('PII_KEY_INVALID', 'there is no key for personal data')
  const path = join(folder, KEY_FILE)
  const next = join(folder, NEXT_KEY_FILE)
  const pending = await readKeyFile(next)
  if (pending) {
    // A rotation was interrupted: before its commit the old key is valid, afterwards the new one.
    if (createVault(pending).keyId === expected) await placeFile(next, path)
    else await rm(next, { force: true })
  }
  const found = await readKeyFile(path)
  if (found) return found
  if (expected !== undefined) {
    throw new AppError('PII_KEY_WRONG', `personal data is encrypted with key ${expected}, but ${path} does not exist`)
  }
  return makeKeyFile(folder)
}

function parseKey(text: string, where: string): Uint8Array {
  const bytes = Buffer.from(text.trim(), 'base64')
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text.trim())
  if (isBase64 && bytes.length === VAULT_KEY_BYTES) return bytes
  throw new AppError('PII_KEY_INVALID', `${where} does not contain ${VAULT_KEY_BYTES} bytes in base64`)
}

async function readKeyFile(path: string): Promise<Uint8Array | undefined> {
  try {
    return parseKey(await readFile(path, 'utf8'), path)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    if (isMissing(cause)) return undefined
    throw new AppError('FILE_UNREADABLE', `cannot read the key in ${path}`, { cause })
  }
}

/** Creates the file completely or not at all; concurrent callers all get the same key. */
async function makeKeyFile(folder: string): Promise<Uint8Array> {
  const path = join(folder, KEY_FILE)
  try {
    await makeFolder(folder, { mode: PRIVATE_FOLDER })
    await writeKey(path, randomBytes(VAULT_KEY_BYTES))
  } catch (error) {
    if (!isExisting(error)) throw toWriteError(error, path)
  }
  const made = await readKeyFile(path)
  if (!made) throw new AppError('FILE_UNREADABLE', `${path} was removed again`)
  return made
}

const isExisting = (error: unknown): boolean => error instanceof AppError && error.code === 'FILE_EXISTS'

function writeKey(path: string, key: Uint8Array): Promise<void> {
  return writeFileWhole(path, `${Buffer.from(key).toString('base64')}\n`, { mode: 0o600, replace: false })
}
