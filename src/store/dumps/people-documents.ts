// Players, their personal data, characters, and the other collections of a dump, as documents.
import type { Insertable, Selectable, Transaction } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { describeIssue, parseWith } from '../../kernel/parse.ts'
import { Character } from '../../protocol/character.ts'
import { JsonObject } from '../../protocol/json.ts'
import { hashAccessKey } from '../people/access-key.ts'
import { createObjectId } from '../people/players.ts'
import { splitPlayer } from '../people/split.ts'
import { fromInstant, toInstant } from '../sessions/rows.ts'
import type { CharacterTable, DocumentTable, PersonalDataTable, PlayerTable } from '../sessions/tables.ts'
import type { Tables } from '../tables.ts'
import { type Collection, type DumpContext, tableCollection } from './collection.ts'
import { type ExactObject, formatExact, isExactObject, parseExact, toPlain } from './exact-json.ts'
import {
  type Field,
  moment,
  optional,
  ownId,
  plain,
  readFields,
  reference,
  text,
  withDefault,
  writeFields,
} from './fields.ts'

const PLAYER_FIELDS: readonly Field[] = [
  ownId('_id'),
  optional(text('access_key_hash')),
  withDefault(plain('access_key_revoked'), false),
  moment('created_at'),
  optional(moment('last_key_issued_at')),
]
const PLAYER_KEYS: ReadonlySet<string> = new Set(PLAYER_FIELDS.map((field) => field.key))

const Moment = z.iso.datetime({ precision: 3 })
const StoredPlayer = z.object({
  _id: z.string().min(1).max(100).nullable(),
  access_key_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 of 64 hex digits')
    .nullable(),
  access_key_revoked: z.boolean(),
  created_at: Moment.nullable(),
  last_key_issued_at: Moment.nullable(),
})
const ClearKey = z.string().max(1000).nullish()

interface FoundPlayer {
  readonly row: Insertable<PlayerTable>
  /** The personal fields of a record; the original separated them long before. */
  readonly personal: ExactObject
}

export const players: Collection = tableCollection<Selectable<PlayerTable>, FoundPlayer>({
  name: 'players',
  table: 'players',
  order: ['player_id'],
  identity: ['player_id'],
  taken: 'the _id, or the access key,',
  page: 500,
  indexes: { access_key_1: { v: 2, key: [['access_key', 1]], unique: true, sparse: true } },
  read(document, context) {
    const own = Object.entries(document).filter(([key]) => PLAYER_KEYS.has(key))
    const { access_key, ...others } = Object.fromEntries(
      Object.entries(document).filter(([key]) => !PLAYER_KEYS.has(key)),
    )
    const { values, extra } = readFields(PLAYER_FIELDS, Object.fromEntries(own))
    const what = { code: 'VALIDATION_ERROR', what: 'the player' } as const
    const found = parseWith(StoredPlayer, values, what)
    const playerId = found._id ?? createObjectId(context.now)
    const { fields, personal } = splitExact(others)
    if (Object.keys(personal).length > 0) needVault(context)
    const row = {
      player_id: playerId,
      key_hash: keyHashOf(access_key, found.access_key_hash),
      key_revoked: found.access_key_revoked ? 1 : 0,
      last_key_issued_at: found.last_key_issued_at === null ? null : toInstant(found.last_key_issued_at),
      created_at: found.created_at === null ? createdAt(playerId, context.now) : toInstant(found.created_at),
      fields: formatExact(fields),
      extra,
    }
    return { row, personal }
  },
  write(row) {
    const values = {
      _id: row.player_id,
      access_key_hash: row.key_hash,
      access_key_revoked: row.key_revoked === 1,
      created_at: fromInstant(row.created_at),
      last_key_issued_at: row.last_key_issued_at === null ? null : fromInstant(row.last_key_issued_at),
    }
    const fields = parseExact(row.fields)
    return formatExact({ ...writeFields(PLAYER_FIELDS, values, row.extra), ...(isExactObject(fields) ? fields : {}) })
  },
  async follow(tx, items, context) {
    for (const { row, personal } of items) {
      if (Object.keys(personal).length > 0) await addPersonal(tx, row.player_id, personal, context)
    }
  },
})

/** Splits a new player's record; every number keeps its spelling. */
function splitExact(record: ExactObject): { fields: ExactObject; personal: ExactObject } {
  const isRecord = (value: ExactObject): value is JsonObject => JsonObject.safeParse(toPlain(value)).success
  return isRecord(record) ? splitPlayer(record) : { fields: record, personal: {} }
}

/** A plain-text key is hashed here and is not passed on. */
function keyHashOf(clear: unknown, hash: string | null): string | null {
  const key = parseWith(ClearKey, clear, { code: 'VALIDATION_ERROR', what: 'access_key' }) ?? ''
  if (key.trim() === '') return hash
  const made = hashAccessKey(key)
  if (hash === null || hash === made) return made
  throw new AppError('VALIDATION_ERROR', 'access_key_hash is not the hash of access_key')
}

/** Database ids contain their time of creation. */
const createdAt = (id: string, now: number): number =>
  /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : now

function needVault(context: DumpContext) {
  if (context.vault) return context.vault
  throw new AppError('PII_KEY_INVALID', 'personal data cannot be stored or read without its key')
}

async function addPersonal(
  tx: Transaction<Tables>,
  playerId: string,
  personal: ExactObject,
  context: DumpContext,
): Promise<void> {
  const vault = needVault(context)
  const found = await tx.selectFrom('personal_data').selectAll().where('player_id', '=', playerId).executeTakeFirst()
  const body = found ? parseExact(vault.open(playerId, found.sealed)) : {}
  const before = isExactObject(body) ? body : {}
  const fields = { ...(isExactObject(before.fields) ? before.fields : {}), ...personal }
  const sealed = vault.seal(playerId, formatExact({ ...before, fields }))
  const { now } = context
  await tx
    .insertInto('personal_data')
    .values({ player_id: playerId, sealed, created_at: now, updated_at: now })
    // Fields that were separated earlier keep their times: answers only move within one person's data.
    .onConflict((conflict) => conflict.column('player_id').doUpdateSet({ sealed }))
    .execute()
}

const PII_FIELDS: readonly Field[] = [
  reference('player_id'),
  plain('fields'),
  optional(plain('sealed')),
  moment('created_at'),
  moment('updated_at'),
]
const StoredPersonal = z.object({
  player_id: z.string().min(1).max(100),
  fields: JsonObject.nullable(),
  sealed: z.string().nullable(),
  created_at: Moment.nullable(),
  updated_at: Moment.nullable(),
})

/** Personal data: encrypted as in the store, or in clear text as in the original. */
export const pii: Collection = tableCollection<
  Selectable<PersonalDataTable>,
  { readonly row: Insertable<PersonalDataTable> }
>({
  name: 'pii',
  table: 'personal_data',
  order: ['player_id'],
  identity: ['player_id'],
  taken: 'the player_id',
  page: 500,
  indexes: { player_id_1: { v: 2, key: [['player_id', 1]], unique: true } },
  read(document, context) {
    const { values, extra } = readFields(PII_FIELDS, document)
    const found = parseWith(StoredPersonal, values, { code: 'VALIDATION_ERROR', what: 'the personal data' })
    const { player_id, sealed } = found
    const vault = needVault(context)
    if (sealed !== null) vault.open(player_id, sealed)
    else if (found.fields === null) throw new AppError('VALIDATION_ERROR', '`fields` is missing')
    const created_at = found.created_at === null ? context.now : toInstant(found.created_at)
    const updated_at = found.updated_at === null ? created_at : toInstant(found.updated_at)
    const body = { fields: document.fields, ...(extra === null ? {} : { extra: parseExact(extra) }) }
    return { row: { player_id, sealed: sealed ?? vault.seal(player_id, formatExact(body)), created_at, updated_at } }
  },
  write(row, context) {
    const { player_id } = row
    const times = { created_at: fromInstant(row.created_at), updated_at: fromInstant(row.updated_at) }
    if (context.personal === 'sealed') {
      const { fields, ...document } = writeFields(PII_FIELDS, { player_id, sealed: row.sealed, ...times }, null)
      return formatExact(document)
    }
    const body = parseExact(needVault(context).open(player_id, row.sealed))
    const { fields, extra } = isExactObject(body) ? body : {}
    const kept = extra === undefined ? null : formatExact(extra)
    const { fields: _plain, ...document } = writeFields(PII_FIELDS, { player_id, fields, ...times }, kept)
    return formatExact({ ...document, fields })
  },
})

/** Characters are stored whole, so an export returns them unchanged. */
export const characters: Collection = tableCollection<
  Selectable<CharacterTable>,
  { readonly row: Insertable<CharacterTable> }
>({
  name: 'characters',
  table: 'characters',
  order: ['position', 'hid'],
  identity: ['hid'],
  taken: 'the hid',
  page: 200,
  indexes: { hid_1: { v: 2, key: [['hid', 1]], unique: true } },
  read(document, context, { number }) {
    const { _id, ...rest } = document
    const parsed = Character.safeParse(toPlain(rest))
    if (!parsed.success) throw new AppError('VALIDATION_ERROR', describeIssue(parsed.error))
    return { row: { hid: parsed.data.hid, body: formatExact(document), position: number, updated_at: context.now } }
  },
  write: (row) => row.body,
})

/** A collection without a table, stored unchanged. */
export function otherCollection(name: string): Collection {
  return tableCollection<Selectable<DocumentTable>, { readonly row: Insertable<DocumentTable> }>({
    name,
    table: 'documents',
    order: ['position'],
    identity: ['position'],
    taken: 'the place',
    page: 100,
    scope: { column: 'collection', value: name },
    read: (document, _context, { number }) => ({
      row: { collection: name, position: number, body: formatExact(document) },
    }),
    write: (row) => row.body,
  })
}
