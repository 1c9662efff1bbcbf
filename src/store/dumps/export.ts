// Writes the store as a folder of collections, in the two layouts of the original: a dump (lists) and a backup (lines).
// All of it reflects one moment. The folder gets its final name only when it is complete.
import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { syncFolder, toWriteError } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import type { Vault } from '../people/vault.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { Collection, DumpContext } from './collection.ts'
import { listCollections } from './collections.ts'
import { INDEXES_SUFFIX, MANIFEST } from './folders.ts'

export interface ExportOptions {
  /** How personal data is exported: reading `sealed` data back needs the same key; `clear` needs the vault now. */
  readonly personal?: 'sealed' | 'clear' | 'none'
  readonly vault?: Vault | undefined
  readonly onProgress?: (at: { readonly collection: string; readonly documents: number }) => void
  readonly signal?: AbortSignal
  readonly now?: () => Date
}

export interface ExportReport {
  /** The folder that was created. */
  readonly path: string
  readonly collections: readonly { readonly name: string; readonly documents: number }[]
  readonly documents: number
}

interface Layout {
  readonly name: (now: Date) => string
  readonly extension: 'json' | 'ndjson'
  readonly encodingKey: 'json_encoding' | 'ndjson_encoding'
  /** Text before the first document, between two documents and after the last; `none`: for an empty collection. */
  readonly marks: { readonly start: string; readonly between: string; readonly end: string; readonly none: string }
}

const two = (value: number): string => String(value).padStart(2, '0')

const DUMP: Layout = {
  name: (now) => now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '_'),
  extension: 'json',
  encodingKey: 'json_encoding',
  marks: { start: '[\n', between: ',\n', end: '\n]\n', none: '[\n]\n' },
}
const BACKUP: Layout = {
  name: (now) => {
    const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('')
    return `${date}-${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('')}`
  },
  extension: 'ndjson',
  encodingKey: 'ndjson_encoding',
  marks: { start: '', between: '\n', end: '\n', none: '' },
}

/**
 * Writes a dump to a folder `YYYY_MM_DD_HH_MM_SS` (UTC) in `parent`, with `<collection>.json` files. The export
 * occupies the connection of a SQLite store, so a server should pass a second, read-only one.
 * @throws AppError FILE_UNWRITABLE; FILE_EXISTS when the folder already exists
 */
export function exportDump(store: Store, parent: string, options: ExportOptions = {}): Promise<ExportReport> {
  return exportAs(DUMP, store, parent, options)
}

/**
 * Writes a backup to a folder `YYYYMMDD-HHMMSS` (local time) in `parent`, with `<collection>.ndjson` files; otherwise
 * like a dump.
 */
export function exportBackup(store: Store, parent: string, options: ExportOptions = {}): Promise<ExportReport> {
  return exportAs(BACKUP, store, parent, options)
}

async function exportAs(layout: Layout, store: Store, parent: string, options: ExportOptions): Promise<ExportReport> {
  const now = options.now?.() ?? new Date()
  const path = join(parent, layout.name(now))
  const temporary = join(parent, `.${layout.name(now)}.${randomBytes(6).toString('hex')}`)
  try {
    await makeFolder(parent, { mode: 0o700 })
    await refuseExisting(path)
    // The dump contains conversations and personal data: only its owner may read it.
    await mkdir(temporary, { mode: 0o700 })
    const collections = await store.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((tx) => writeAll(tx, { folder: temporary, layout, options, now }))
    await syncFolder(temporary)
    await refuseExisting(path)
    await rename(temporary, path)
    await syncFolder(parent)
    return { path, collections, documents: collections.reduce((sum, each) => sum + each.documents, 0) }
  } catch (cause) {
    throw toWriteError(cause, path)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function refuseExisting(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats) throw new AppError('FILE_EXISTS', `${path} exists already`)
}

interface Target {
  readonly folder: string
  readonly layout: Layout
  readonly options: ExportOptions
  readonly now: Date
}

async function writeAll(db: Kysely<Tables>, target: Target): Promise<{ name: string; documents: number }[]> {
  const { folder, layout, options, now } = target
  const { personal = 'sealed', vault } = options
  const context: DumpContext = { vault, personal: personal === 'clear' ? 'clear' : 'sealed', now: now.getTime() }
  const found = await listCollections(db)
  const collections = found.filter((each) => each.name !== 'pii' || personal !== 'none')
  const counts: { name: string; documents: number }[] = []
  for (const collection of collections) {
    counts.push({ name: collection.name, documents: await writeCollection(db, collection, context, target) })
    const indexes = `${JSON.stringify(collection.indexes, undefined, 2)}\n`
    await writeFile(join(folder, `${collection.name}${INDEXES_SUFFIX}`), indexes, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    })
  }
  const manifest = {
    db_name: 'paracosm',
    created_at: now.toISOString(),
    collections: collections.map((each) => each.name),
    format: {
      collection_dump: `<collection>.${layout.extension}`,
      indexes_dump: `<collection>${INDEXES_SUFFIX}`,
      [layout.encodingKey]: 'bson.json_util extended json',
    },
  }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  await writeFile(join(folder, MANIFEST), text, { flag: 'wx', mode: 0o600, flush: true })
  return counts
}

async function writeCollection(
  db: Kysely<Tables>,
  collection: Collection,
  context: DumpContext,
  { folder, layout, options }: Target,
): Promise<number> {
  const { marks, extension } = layout
  const file = await open(join(folder, `${collection.name}.${extension}`), 'wx', 0o600)
  try {
    let documents = 0
    for await (const page of collection.pages(db, context)) {
      options.signal?.throwIfAborted()
      await write(file, `${documents === 0 ? marks.start : marks.between}${page.join(marks.between)}`)
      documents += page.length
      options.onProgress?.({ collection: collection.name, documents })
    }
    await write(file, documents === 0 ? marks.none : marks.end)
    await file.sync()
    return documents
  } finally {
    await file.close()
  }
}

const write = async (file: FileHandle, text: string): Promise<void> => {
  if (text !== '') await file.appendFile(text)
}
