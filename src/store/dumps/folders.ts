// The files of a seed folder, a dump or a backup, and the documents in each.
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import type { FoundDocument } from './collection.ts'
import { DocumentCutter, type TextForm } from './document-text.ts'

export const MANIFEST = '__manifest__.json'
export const INDEXES_SUFFIX = '.__indexes__.json'
/** Maximum depth of the folder search, and maximum number of files. */
const MAX_FOLDERS = 8
const MAX_FILES = 1000
/** Maximum length of a manifest, in characters. */
const MAX_MANIFEST = 1_000_000
/** Bytes per read. */
const PIECE = 256 * 1024
/** Documents and characters per batch. */
const BATCH_DOCUMENTS = 500
const BATCH_CHARACTERS = 8 * 1024 * 1024
const COLLECTION = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

export interface CollectionFile {
  readonly collection: string
  readonly path: string
  /** The name in messages: relative to the folder. */
  readonly name: string
}

/**
 * Every `*.json` and `*.ndjson` file in a folder and below, except the manifest and the index notes.
 * @throws AppError FILE_UNREADABLE; VALIDATION_ERROR for links, invalid collection names, and two files for one
 * collection
 */
export async function findCollectionFiles(folder: string): Promise<CollectionFile[]> {
  const files: CollectionFile[] = []
  await collect(folder, { folder, depth: 0, files })
  const byName = new Map<string, CollectionFile>()
  for (const file of files) {
    const other = byName.get(file.collection)
    if (other) throw new AppError('VALIDATION_ERROR', `${other.name} and ${file.name} are both ${file.collection}`)
    byName.set(file.collection, file)
  }
  return files
}

async function collect(
  path: string,
  at: { readonly folder: string; readonly depth: number; readonly files: CollectionFile[] },
): Promise<void> {
  const { folder, depth, files } = at
  if (depth > MAX_FOLDERS) throw new AppError('VALIDATION_ERROR', `${path} lies deeper than ${MAX_FOLDERS} folders`)
  const entries = await reading(path, () => readdir(path, { withFileTypes: true }))
  entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  for (const entry of entries) {
    const whole = join(path, entry.name)
    const name = relative(folder, whole)
    if (entry.isDirectory()) await collect(whole, { folder, depth: depth + 1, files })
    if (!isCollectionFile(entry.name)) continue
    // A link may point anywhere, and reading other kinds of files may never end.
    if (!entry.isFile())
      throw new AppError('VALIDATION_ERROR', `${name} is not a regular file: replace it by the file itself`)
    const collection = basename(entry.name, extname(entry.name))
    if (!COLLECTION.test(collection)) throw new AppError('VALIDATION_ERROR', `${name} is not named like a collection`)
    files.push({ collection, path: whole, name })
    if (files.length > MAX_FILES) throw new AppError('VALIDATION_ERROR', `${folder} has more than ${MAX_FILES} files`)
  }
}

function isCollectionFile(name: string): boolean {
  return /\.(?:json|ndjson)$/.test(name) && name !== MANIFEST && !name.endsWith(INDEXES_SUFFIX)
}

async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}${code}`, { cause })
  }
}

/**
 * The documents of a file in batches. The layout that was detected comes last.
 * @throws AppError FILE_UNREADABLE; VALIDATION_ERROR for files that are not a collection or not UTF-8; FILE_TOO_LARGE
 */
export async function* readDocuments(file: CollectionFile): AsyncGenerator<readonly FoundDocument[], TextForm> {
  const cutter = new DocumentCutter(file.name, file.path.endsWith('.ndjson'))
  let number = 0
  let batch: FoundDocument[] = []
  let size = 0
  const take = (text: string): boolean => {
    batch.push({ text, file: file.name, number: ++number })
    size += text.length
    return batch.length >= BATCH_DOCUMENTS || size >= BATCH_CHARACTERS
  }
  for await (const piece of readText(file)) {
    for (const text of cutter.push(piece)) {
      if (!take(text)) continue
      yield batch
      batch = []
      size = 0
    }
  }
  for (const text of cutter.end()) take(text)
  if (batch.length > 0) yield batch
  return cutter.form
}

async function* readText({ path, name }: CollectionFile): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw new AppError('VALIDATION_ERROR', `${name} is not UTF-8`, { cause })
    }
  }
  const stream = createReadStream(path, { highWaterMark: PIECE })
  const pieces = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await reading(path, () => pieces.next())
      if (next.done) break
      yield decode(next.value)
    }
    yield decode()
  } finally {
    stream.destroy()
  }
}

const Manifest = z.object({ collections: z.array(z.string().regex(COLLECTION)) })

/** The collections listed in the manifest of a dump or backup; undefined: the folder has no manifest. */
export async function readManifest(folder: string): Promise<readonly string[] | undefined> {
  const path = join(folder, MANIFEST)
  const stats = await lstat(path).catch(() => undefined)
  if (!stats) return undefined
  if (!stats.isFile() || stats.size > MAX_MANIFEST) throw new AppError('VALIDATION_ERROR', `${path} is not a manifest`)
  const text = await reading(path, () => readFile(path, 'utf8'))
  const value = parseJson(text, MANIFEST)
  return parseWith(Manifest, value, { code: 'VALIDATION_ERROR', what: MANIFEST }).collections
}
