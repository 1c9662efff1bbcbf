// A collection of a dump and the table that holds it. Both are read in pages and written in batches, in one fixed
// order.
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Vault } from '../people/vault.ts'
import type { Tables } from '../tables.ts'
import { type ExactObject, isExactObject, parseExact } from './exact-json.ts'

/** A document as read from the file. */
export interface FoundDocument {
  readonly text: string
  readonly file: string
  /** Counted from 1. */
  readonly number: number
}

export interface DumpContext {
  readonly vault: Vault | undefined
  /** Whether personal data is exported sealed or in clear. An import accepts both. */
  readonly personal: 'sealed' | 'clear'
  /** When the import began, in milliseconds since 1970. */
  readonly now: number
}

export interface Collection {
  readonly name: string
  /** The content of `<name>.__indexes__.json`. */
  readonly indexes: JsonObject
  /** Every document as one line of JSON, in the collection's order. */
  pages(db: Kysely<Tables>, context: DumpContext): AsyncGenerator<readonly string[]>
  /** @throws AppError naming the file and the document */
  check(found: FoundDocument, context: DumpContext): void
  count(db: Kysely<Tables>): Promise<number>
  clear(tx: Transaction<Tables>): Promise<void>
  /** @throws AppError like `check`, and also for a document whose identity is already taken */
  insert(tx: Transaction<Tables>, batch: readonly FoundDocument[], context: DumpContext): Promise<void>
}

/** A value of a column of these tables. */
type Value = string | number | null
type Row = Readonly<Record<string, Value>>
/** All rows of a batch have the same columns. */
type NewRow = Readonly<Record<string, Value | undefined>>

interface TableSpec<R, Item extends { readonly row: NewRow }> {
  readonly name: string
  readonly table: keyof Tables
  /** Columns by which rows are ordered; no two rows have the same values in all of them. */
  readonly order: readonly (keyof R & string)[]
  /** Columns that identify a row, and the message for a duplicate. */
  readonly identity: readonly (keyof R & string)[]
  readonly taken: string
  /** Rows per page. */
  readonly page: number
  readonly indexes?: JsonObject
  /** Selects the rows of this collection in a table that holds several. */
  readonly scope?: { readonly column: keyof R & string; readonly value: string }
  read(document: ExactObject, context: DumpContext, found: FoundDocument): Item
  write(row: R, context: DumpContext): string
  /** Further writes that depend on the inserted documents. */
  follow?(tx: Transaction<Tables>, items: readonly Item[], context: DumpContext): Promise<void>
}

export function tableCollection<R extends Row, Item extends { readonly row: NewRow }>(
  spec: TableSpec<R, Item>,
): Collection {
  const table = sql.table(spec.table)
  const { scope } = spec
  const where = scope ? sql` where ${sql.ref(scope.column)} = ${scope.value}` : sql``
  const parse = (found: FoundDocument, context: DumpContext): Item => {
    try {
      return spec.read(parseDocument(found), context, found)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      throw new AppError(error.code, `document ${found.number} of ${found.file}: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    }
  }
  return {
    name: spec.name,
    indexes: { _id_: { v: 2, key: [['_id', 1]] }, ...spec.indexes },
    check: (found, context) => void parse(found, context),
    async *pages(db, context) {
      let last: R | undefined
      for (;;) {
        const rows: readonly R[] = await readPage(db, spec, last)
        if (rows.length > 0) yield rows.map((row) => spec.write(row, context))
        if (rows.length < spec.page) return
        last = rows.at(-1)
      }
    },
    async count(db) {
      const found = await sql<{ count: number }>`select count(*) "count" from ${table}${where}`.execute(db)
      return Number(found.rows[0]?.count ?? 0)
    },
    async clear(tx) {
      await sql`delete from ${table}${where}`.execute(tx)
    },
    async insert(tx, batch, context) {
      const items = batch.map((found) => parse(found, context))
      const rows = items.map((item) => item.row)
      await insertRows(tx, spec, rows, (index) => {
        const found = batch[index]
        const message = `document ${found?.number} of ${found?.file} has ${spec.taken} of another document`
        return new AppError('VALIDATION_ERROR', message)
      })
      await spec.follow?.(tx, items, context)
    },
  }
}

/** The parser's messages quote the text, which may be personal, so they are left out. */
function parseDocument(found: FoundDocument): ExactObject {
  try {
    const document = parseExact(found.text)
    if (isExactObject(document)) return document
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new AppError('JSON_MALFORMED', 'this is not JSON')
}

const refs = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map((each) => sql.ref(each)))

async function readPage<R extends Row>(
  db: Kysely<Tables>,
  { table, order, page, scope }: Pick<TableSpec<R, { row: NewRow }>, 'table' | 'order' | 'page' | 'scope'>,
  last: R | undefined,
): Promise<readonly R[]> {
  const conditions: RawBuilder<unknown>[] = []
  if (scope) conditions.push(sql`${sql.ref(scope.column)} = ${scope.value}`)
  if (last) conditions.push(sql`(${refs(order)}) > (${sql.join(order.map((column) => last[column]))})`)
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const found = await sql<R>`select * from ${sql.table(table)} ${where} order by ${refs(order)} limit ${page}`.execute(
    db,
  )
  return found.rows
}

async function insertRows(
  tx: Transaction<Tables>,
  { table, identity }: { readonly table: keyof Tables; readonly identity: readonly string[] },
  rows: readonly NewRow[],
  taken: (index: number) => AppError,
): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`)
  const added = await sql<Row>`insert into ${sql.table(table)} (${refs(columns)}) values ${sql.join(values)}
    on conflict do nothing returning ${refs(identity)}`.execute(tx)
  if (added.rows.length === rows.length) return
  const nameOf = (row: NewRow): string => JSON.stringify(identity.map((column) => row[column]))
  const names = new Set(added.rows.map(nameOf))
  // Of two documents with the same name, the first was inserted.
  throw taken(rows.findIndex((row) => !names.delete(nameOf(row))))
}
