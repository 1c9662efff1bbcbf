// The characters of a store, in the order in which a file listed them or in which they were added.
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { describeIssue, parseJson } from '../../kernel/parse.ts'
import { Character } from '../../protocol/character.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { writeJsonColumn } from '../columns.ts'
import { isUniqueViolation } from '../faults.ts'
import { createObjectId } from '../people/players.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** Set once the built-in characters have been seeded, or others have been imported. */
export const SEEDED_FACT = 'characters_seeded'
/** Maximum length of a character's JSON, in characters. */
export const MAX_CHARACTER_LENGTH = 2_000_000
/** Rows per statement. */
const BATCH = 200

export class Characters {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** All characters, in order, without database ids. */
  async all(): Promise<Character[]> {
    const rows = await this.#store.db
      .selectFrom('characters')
      .select(['hid', 'body'])
      .orderBy('position')
      .orderBy('hid')
      .execute()
    return rows.map((row) => readCharacter(row.hid, row.body))
  }

  /** @param hid case-sensitive */
  async get(hid: string): Promise<Character | undefined> {
    const row = await this.#store.db.selectFrom('characters').select('body').where('hid', '=', hid).executeTakeFirst()
    return row && readCharacter(hid, row.body)
  }

  /**
   * Merges `data` into the character with this hid, keeping its other top-level fields, or appends a new character.
   * Without a hid, either as the argument or in `data`, a new character is added under a generated id.
   * @returns its hid
   * @throws AppError VALIDATION_ERROR when the result is not a valid character, or `data` names another hid
   */
  async upsert(hid: string | undefined, data: JsonObject): Promise<string> {
    const { _id, ...fields } = data
    const { hid: named } = fields
    if (hid !== undefined && named !== undefined && named !== hid) {
      throw new AppError('VALIDATION_ERROR', `the character is ${hid}, and its data names ${JSON.stringify(named)}`)
    }
    const wanted = hid ?? named ?? createObjectId(this.#now())
    if (typeof wanted !== 'string' || wanted === '' || wanted.includes('\0')) {
      throw new AppError('VALIDATION_ERROR', 'hid must be a text without NUL')
    }
    try {
      await this.#merge(wanted, fields)
    } catch (cause) {
      if (!isUniqueViolation(cause)) throw cause
      // A concurrent request has just added it, so merging now succeeds.
      await this.#merge(wanted, fields)
    }
    return wanted
  }

  async #merge(hid: string, fields: JsonObject): Promise<void> {
    const updated_at = this.#now()
    await this.#store.transaction(async (tx) => {
      // Of two concurrent updates, the second sees what the first wrote.
      const select = tx.selectFrom('characters').select('body').where('hid', '=', hid)
      const row = await (this.#store.kind === 'postgres' ? select.forUpdate() : select).executeTakeFirst()
      const body = writeCharacter(
        row ? { ...parseDocument(row.body), ...fields } : 'hid' in fields ? fields : { hid, ...fields },
      )
      if (row) await tx.updateTable('characters').set({ body, updated_at }).where('hid', '=', hid).execute()
      else {
        const position = await nextPosition(tx)
        await tx.insertInto('characters').values({ hid, body, position, updated_at }).execute()
      }
    })
  }

  /** @returns whether the character existed */
  async remove(hid: string): Promise<boolean> {
    const gone = await this.#store.db.deleteFrom('characters').where('hid', '=', hid).executeTakeFirst()
    return gone.numDeletedRows > 0n
  }

  /**
   * Seeds the built-in characters into a store that has never had any. Runs once: characters that were deleted do not
   * come back.
   * @returns how many were added
   */
  async seedOnce(characters: readonly Character[]): Promise<number> {
    return this.#store.transaction(async (tx) => {
      const first = await tx
        .insertInto('store_facts')
        .values({ name: SEEDED_FACT, value: new Date(this.#now()).toISOString() })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('name')
        .executeTakeFirst()
      if (!first) return 0
      if (await tx.selectFrom('characters').select('hid').limit(1).executeTakeFirst()) return 0
      const updated_at = this.#now()
      const rows = characters.map((character, i) => {
        return { hid: character.hid, body: writeCharacter(character), position: i + 1, updated_at }
      })
      for (let from = 0; from < rows.length; from += BATCH) {
        await tx
          .insertInto('characters')
          .values(rows.slice(from, from + BATCH))
          .execute()
      }
      return rows.length
    })
  }
}

async function nextPosition(tx: Transaction<Tables>): Promise<number> {
  const last = await tx.selectFrom('characters').select('position').orderBy('position', 'desc').executeTakeFirst()
  return (last?.position ?? 0) + 1
}

/** Narrows the type instead of parsing, because zod returns the keys in another order. */
const isCharacter = (value: unknown): value is Character => Character.safeParse(value).success

/**
 * @returns the text of the column
 * @throws AppError VALIDATION_ERROR
 */
function writeCharacter(document: JsonObject): string {
  const { error } = Character.safeParse(document)
  if (error) throw new AppError('VALIDATION_ERROR', `the character is not valid: ${describeIssue(error)}`)
  const body = writeJsonColumn(document)
  if (body.length <= MAX_CHARACTER_LENGTH) return body
  throw new AppError('VALIDATION_ERROR', `a character has at most ${MAX_CHARACTER_LENGTH} characters of JSON`)
}

function parseDocument(body: string): JsonObject {
  const document = parseJson(body, 'a character')
  return isObject(document) ? document : {}
}

function readCharacter(hid: string, body: string): Character {
  const { _id, ...document } = parseDocument(body)
  if (isCharacter(document)) return document
  throw new AppError('STORE_CORRUPT', `the stored document of character ${hid} is not valid`)
}
