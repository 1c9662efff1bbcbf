// The metadata of collections without a table here: that they exist, even without documents, and their indexes. It is
// stored as facts of the store, so that a dump reproduces it.
import { readFile } from 'node:fs/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import { JsonObject } from '../../protocol/json.ts'
import type { Tables } from '../tables.ts'
import { type CollectionFile, INDEXES_SUFFIX } from './folders.ts'

const PREFIX = 'collection:'
/** Maximum length of an index note, in characters; a longer one is left out. */
const MAX_NOTE = 100_000

/** Records that a collection was imported, with its indexes if the folder describes them. */
export async function keepNote(tx: Transaction<Tables>, file: CollectionFile): Promise<void> {
  const name = `${PREFIX}${file.collection}`
  const value = JSON.stringify(await readIndexes(file))
  await tx
    .insertInto('store_facts')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/** Indexes are informative only, so an unreadable note is treated as a missing one. */
async function readIndexes({ path, collection }: CollectionFile): Promise<JsonObject> {
  const beside = path.replace(/[^/\\]+$/, `${collection}${INDEXES_SUFFIX}`)
  const text = await readFile(beside, 'utf8').catch(() => '')
  return text.length > MAX_NOTE ? {} : parseNote(text)
}

function parseNote(text: string): JsonObject {
  try {
    return JsonObject.safeParse(JSON.parse(text)).data ?? {}
  } catch {
    return {}
  }
}

/** Names of the imported collections, and their indexes; `{}`: no indexes known. */
export async function readNotes(db: Kysely<Tables>): Promise<ReadonlyMap<string, JsonObject>> {
  const rows = await db.selectFrom('store_facts').selectAll().where('name', 'like', `${PREFIX}%`).execute()
  return new Map(rows.map(({ name, value }) => [name.slice(PREFIX.length), parseNote(value)]))
}

/** Removes the notes of collections that a restored folder does not contain. */
export async function dropNotes(tx: Transaction<Tables>, kept: ReadonlySet<string>): Promise<void> {
  for (const name of (await readNotes(tx)).keys()) {
    if (!kept.has(name)) await sql`delete from store_facts where name = ${`${PREFIX}${name}`}`.execute(tx)
  }
}
