// Removes secret values from texts, objects and files before anybody else sees them.
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'

/** Shorter values are not replaced: `1` would match everywhere. */
const SHORTEST = 4
/** Characters from which a line of a longer secret, such as a key in PEM, counts as one by itself. */
const SHORTEST_LINE = 16
const MARK = '[secret]'

export interface Redactor {
  readonly text: (text: string) => string
  /** The same object with every text redacted. */
  readonly object: (object: JsonObject) => JsonObject
  /** Rewrites the files below a folder that hold a secret; links are left alone. */
  readonly folder: (path: string) => Promise<void>
  /** The same for one file, which need not exist. */
  readonly file: (path: string) => Promise<void>
}

/** Everything that shows a secret: its value, its lines, and how JSON writes them. */
function spellings(secrets: readonly string[]): string[] {
  const all = new Set<string>()
  for (const secret of secrets) {
    const parts = [secret, secret.trim()].filter((each) => each.length >= SHORTEST)
    const lines = secret.split(/\r?\n/).filter((each) => each.trim().length >= SHORTEST_LINE)
    for (const each of [...parts, ...lines]) {
      all.add(each)
      all.add(JSON.stringify(each).slice(1, -1))
    }
  }
  // Longest first, because one may be part of another.
  return [...all].sort((a, b) => b.length - a.length)
}

export function createRedactor(secrets: readonly Uint8Array[]): Redactor {
  const hidden = spellings(secrets.map((each) => Buffer.from(each).toString('utf8')))
  const raw = secrets.filter(({ length }) => length >= SHORTEST).map((each) => Buffer.from(each).toString('latin1'))
  const bytes = [...new Set([...raw, ...hidden.map(toBytes)])].sort((a, b) => b.length - a.length)
  const text = (given: string): string => hidden.reduce((left, each) => left.replaceAll(each, MARK), given)
  const value = (given: JsonValue): JsonValue => {
    if (typeof given === 'string') return text(given)
    if (isList(given)) return given.map(value)
    return isObject(given) ? object(given) : given
  }
  const object = (given: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(given).map(([key, each]) => [key, value(each)]))
  return {
    text,
    object,
    folder: (path) => redactFolder(path, bytes),
    file: async (path) => {
      const isFile = await lstat(path).then(
        (found) => found.isFile(),
        () => false,
      )
      if (isFile && bytes.length > 0) await redactFile(path, bytes)
    },
  }
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)

async function redactFolder(path: string, hidden: readonly string[]): Promise<void> {
  if (hidden.length === 0) return
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) await redactFile(join(entry.parentPath, entry.name), hidden)
  }
}

async function redactFile(path: string, hidden: readonly string[]): Promise<void> {
  if (!(await holds(path, hidden))) return
  const { mode } = await stat(path)
  // A name that nobody could foresee, and no file that is there already: a link would be followed.
  const next = `${path}.${randomUUID()}`
  try {
    await pipeline(
      createReadStream(path, READING),
      replacing(hidden),
      createWriteStream(next, { mode, encoding: 'latin1', flags: 'wx' }),
    )
    await rename(next, path)
  } finally {
    await rm(next, { force: true })
  }
}

/** A secret has up to 1 MiB, and so has each chunk. */
const READING = { encoding: 'latin1', highWaterMark: 1024 * 1024 } as const

/** Bytes as one character each, so that files of every kind keep all their other bytes. */
const toBytes = (text: string): string => Buffer.from(text).toString('latin1')

async function holds(path: string, wanted: readonly string[]): Promise<boolean> {
  const overlap = Math.max(...wanted.map(({ length }) => length)) - 1
  let tail = ''
  for await (const chunk of createReadStream(path, READING)) {
    const seen: string = tail + String(chunk)
    if (wanted.some((each) => seen.includes(each))) return true
    tail = seen.slice(-overlap)
  }
  return false
}

/** Replaces across chunks: of each, what may be the begin of a secret waits for the next. */
function replacing(wanted: readonly string[]) {
  const overlap = Math.max(...wanted.map(({ length }) => length)) - 1
  return async function* (chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
    let waiting = ''
    for await (const chunk of chunks) {
      waiting = wanted.reduce((left, each) => left.replaceAll(each, MARK), waiting + String(chunk))
      if (waiting.length <= overlap) continue
      yield waiting.slice(0, waiting.length - overlap)
      waiting = waiting.slice(-overlap)
    }
    yield waiting
  }
}
