// Reads a folder of collections into the store: seed folders and dumps of the original, and our own dumps and backups.
// Every document is checked before anything is replaced, and everything is replaced in one transaction or not at all.
import { sql, type Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { SEEDED_FACT } from '../characters/characters.ts'
import { requireCurrent } from '../people/personal-key.ts'
import type { Vault } from '../people/vault.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { DumpContext, FoundDocument } from './collection.ts'
import { clearOthers, collectionNamed, OWN_COLLECTIONS } from './collections.ts'
import type { TextForm } from './document-text.ts'
import { type CollectionFile, findCollectionFiles, MANIFEST, readDocuments, readManifest } from './folders.ts'
import { dropNotes, keepNote } from './foreign-notes.ts'

export interface ImportOptions {
  /**
   * `seed`: replaces the collections in the folder. `dump`: the same, and the manifest must not list more than the
   * folder contains. `restore`: the same, and all other collections are emptied, so that the store matches the folder.
   */
  readonly mode: 'seed' | 'dump' | 'restore'
  /** Required for personal data. */
  readonly vault?: Vault | undefined
  readonly onProgress?: (at: {
    readonly phase: 'checked' | 'stored'
    readonly collection: string
    readonly documents: number
  }) => void
  readonly signal?: AbortSignal
  readonly now?: () => number
  /** Further writes of the same transaction, before anything is replaced. What it throws leaves the store as it was. */
  readonly first?: (tx: Transaction<Tables>) => Promise<void>
  /** The same, after everything is replaced. */
  readonly last?: (tx: Transaction<Tables>) => Promise<void>
}

export interface ImportReport {
  /** Sorted by name. */
  readonly collections: readonly { readonly name: string; readonly documents: number }[]
  readonly documents: number
  /** What was left out or emptied, as sentences. */
  readonly notes: readonly string[]
}

const SESSION_COLLECTIONS = ['sessions', 'session_events', 'session_journals']

/**
 * @throws AppError FILE_UNREADABLE, VALIDATION_ERROR, JSON_MALFORMED, FILE_TOO_LARGE (nothing was changed); DATA_IN_USE
 * while a server plays sessions that would be replaced; PII_KEY_WRONG for data sealed with another key
 */
export async function importFolder(store: Store, folder: string, options: ImportOptions): Promise<ImportReport> {
  const { mode, vault, now = Date.now } = options
  const context: DumpContext = { vault, personal: 'sealed', now: now() }
  const promised = await readManifest(folder)
  if (mode !== 'seed' && !promised) {
    throw new AppError('VALIDATION_ERROR', `${folder} has no ${MANIFEST}, so it is not a dump or backup`, {
      hint: 'Give the folder that a dump or backup made; a folder of seed files is read with: paracosm admin seed',
    })
  }
  const found = await findCollectionFiles(folder)
  const { files, notes } = await checkAll(found, context, options)
  const names = new Set(files.map((file) => file.collection))
  const missing = (promised ?? []).filter((name) => !names.has(name))
  if (mode !== 'seed' && missing.length > 0) {
    throw new AppError('VALIDATION_ERROR', `${folder} is incomplete: ${MANIFEST} also lists ${missing.join(', ')}`)
  }
  if (files.length === 0) throw new AppError('VALIDATION_ERROR', `${folder} has no collection`)
  const collections = await store.transaction(async (tx) => {
    await options.first?.(tx)
    if (mode === 'restore' || SESSION_COLLECTIONS.some((name) => names.has(name))) await refusePlayed(tx, context.now)
    if (vault) await requireCurrent(tx, store.kind, vault)
    const counts = await replaceAll(tx, files, context, options)
    const cleared = mode === 'restore' ? await clearOthers(tx, names) : []
    if (mode === 'restore') await dropNotes(tx, names)
    if (cleared.length > 0) notes.push(`Emptied because the folder does not contain them: ${cleared.join(', ')}.`)
    await settle(tx, context.now, names)
    await options.last?.(tx)
    return counts
  })
  const documents = collections.reduce((sum, each) => sum + each.documents, 0)
  return { collections, documents, notes }
}

interface Checked {
  readonly files: readonly CollectionFile[]
  readonly notes: string[]
}

async function checkAll(
  found: readonly CollectionFile[],
  context: DumpContext,
  { onProgress, signal }: ImportOptions,
): Promise<Checked> {
  const files: CollectionFile[] = []
  const notes: string[] = []
  for (const file of found) {
    const collection = collectionNamed(file.collection)
    const form = await eachBatch(file, { signal }, (batch, documents) => {
      for (const document of batch) collection.check(document, context)
      onProgress?.({ phase: 'checked', collection: file.collection, documents })
    })
    if (form === 'object') notes.push(`Skipped ${file.name}: it is a single object, not a list of documents.`)
    else files.push(file)
  }
  return { files: inOrder(files), notes }
}

async function eachBatch(
  file: CollectionFile,
  { signal }: { readonly signal: AbortSignal | undefined },
  work: (batch: readonly FoundDocument[], count: number) => Promise<void> | void,
): Promise<TextForm> {
  const batches = readDocuments(file)
  let count = 0
  for (;;) {
    signal?.throwIfAborted()
    const next = await batches.next()
    if (next.done) return next.value
    count += next.value.length
    await work(next.value, count)
  }
}

/** Collections with tables first, in their order. */
function inOrder(files: readonly CollectionFile[]): CollectionFile[] {
  const own = OWN_COLLECTIONS.flatMap(({ name }) => files.filter((file) => file.collection === name))
  return [...own, ...files.filter((file) => !own.includes(file))]
}

async function replaceAll(
  tx: Transaction<Tables>,
  files: readonly CollectionFile[],
  context: DumpContext,
  { onProgress, signal }: ImportOptions,
): Promise<{ name: string; documents: number }[]> {
  const counts: { name: string; documents: number }[] = []
  for (const file of files) {
    const collection = collectionNamed(file.collection)
    await collection.clear(tx)
    if (!OWN_COLLECTIONS.some(({ name }) => name === file.collection)) await keepNote(tx, file)
    let documents = 0
    const form = await eachBatch(file, { signal }, async (batch, count) => {
      await collection.insert(tx, batch, context)
      documents = count
      onProgress?.({ phase: 'stored', collection: file.collection, documents })
    })
    if (form === 'object') throw new AppError('VALIDATION_ERROR', `${file.name} changed during the import`)
    counts.push({ name: file.collection, documents })
  }
  return counts.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** A server that plays a session would continue with deleted rows. */
async function refusePlayed(tx: Transaction<Tables>, now: number): Promise<void> {
  const played = await tx
    .selectFrom('sessions')
    .select(['session_id', 'claimed_by'])
    .where('claimed_by', 'is not', null)
    .where('claimed_until', '>', now)
    .limit(1)
    .executeTakeFirst()
  if (!played) return
  throw new AppError('DATA_IN_USE', `session ${played.session_id} is being played on server ${played.claimed_by}`, {
    hint: 'Stop the server first. After a crash, wait a minute until its claims expire.',
  })
}

/** Restores the invariants between the tables after an import. */
async function settle(tx: Transaction<Tables>, now: number, names: ReadonlySet<string>): Promise<void> {
  // The original writes the counter only at the end of a session; new events must come after the last one.
  await sql`update sessions set last_seq = (select max(seq) from session_events e where e.session_id = sessions.session_id)
    where last_seq < (select max(seq) from session_events e where e.session_id = sessions.session_id)`.execute(tx)
  await sql`delete from spectator_keys where session_id not in (select session_id from sessions)`.execute(tx)
  if (!names.has('characters')) return
  await tx
    .insertInto('store_facts')
    .values({ name: SEEDED_FACT, value: new Date(now).toISOString() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}
