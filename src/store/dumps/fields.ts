// Maps documents of a dump to columns of a table. A column holds what our code needs. Where the column cannot reproduce
// the document's own value (another spelling of a date, a key without a column), that value is kept in `extra`.
import { storedText } from '../columns.ts'
import { type ExactObject, formatExact, isExactObject, parseExact, toPlain } from './exact-json.ts'
import { formatId, formatInstant, readId, readInstant } from './extended-json.ts'

/**
 * How one key of a document is read and written. Values that cannot be read are left unchanged, for the schema to
 * reject.
 */
export interface Field {
  readonly key: string
  read(value: unknown): unknown
  /** Undefined: the key is left out. */
  write(value: unknown): unknown
}

const keep = (value: unknown): unknown => value
const dropNull = (value: unknown): unknown => value ?? undefined

/** Text that both backends can keep. */
const readText = (value: unknown): unknown =>
  typeof value === 'string' ? storedText(value.toWellFormed()) : toPlain(value)

/** Reads instants as '2026-04-21T10:00:00.000Z'. */
const readMoment = (value: unknown): unknown => {
  const ms = readInstant(value)
  return ms === undefined ? toPlain(value) : new Date(ms).toISOString()
}
const writeMoment = (value: unknown): unknown => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? value : formatInstant(ms)
}

export const text = (key: string): Field => ({ key, read: readText, write: keep })
export const plain = (key: string): Field => ({ key, read: toPlain, write: keep })
export const moment = (key: string): Field => ({ key, read: readMoment, write: writeMoment })
/** A reference to a player, always as text. */
export const reference = (key: string): Field => ({
  key,
  read: (value) => readId(value) ?? readText(value),
  write: keep,
})
/** The document's own id. */
export const ownId = (key: string): Field => ({
  key,
  read: (value) => readId(value) ?? toPlain(value),
  write: (value) => (typeof value === 'string' ? formatId(value) : value),
})
/** The same field, left out where its value would be null. */
export const optional = ({ key, read, write }: Field): Field => ({
  key,
  read,
  write: (value) => dropNull(write(value)),
})
/** The same field with a value for documents that have none. */
export const withDefault = (field: Field, value: unknown): Field => ({
  ...field,
  read: (found) => field.read(found ?? value),
})
/** Any value as text: values that are not text become JSON. */
export const anyText = (key: string): Field => ({
  key,
  read: (value) =>
    value === undefined || value === null ? value : readText(typeof value === 'string' ? value : formatExact(value)),
  write: keep,
})
/** A value that does not satisfy `accepts` becomes null for our code, and the original value is kept separately. */
export const lenient = (field: Field, accepts: (value: unknown) => boolean): Field => ({
  ...field,
  read: (value) => {
    const found = field.read(value)
    return accepts(found) ? found : null
  },
})

const has = (document: ExactObject, key: string): boolean => Object.hasOwn(document, key)

/**
 * @returns values by key, null where the document has none (and there is no default); and the JSON of whatever those
 * values cannot express, null if nothing
 */
export function readFields(
  fields: readonly Field[],
  document: ExactObject,
): { values: ExactObject; extra: string | null } {
  const values: [string, unknown][] = []
  const known = new Set<string>()
  const extra: [string, unknown][] = []
  for (const field of fields) {
    const { key } = field
    known.add(key)
    const value = field.read(has(document, key) ? document[key] : null)
    values.push([key, value])
    if (has(document, key) && spell(field.write(value)) !== spell(document[key])) extra.push([key, document[key]])
  }
  for (const [key, value] of Object.entries(document)) if (!known.has(key)) extra.push([key, value])
  return {
    values: Object.fromEntries(values),
    extra: extra.length === 0 ? null : formatExact(Object.fromEntries(extra)),
  }
}

/** An explicit null in the document differs from a missing key. */
const spell = (value: unknown): string => (value === undefined ? '' : formatExact(value))

/**
 * Rebuilds the document. A value in `extra` applies only while its column still has the value that was read from it.
 * @returns pairs in order: the database id, the fields, then the remaining keys
 */
export function writeFields(fields: readonly Field[], values: ExactObject, extra: string | null): ExactObject {
  const parsed = extra === null ? {} : parseExact(extra)
  const kept: ExactObject = isExactObject(parsed) ? parsed : {}
  const pairs: [string, unknown][] = has(kept, '_id') ? [['_id', kept._id]] : []
  const done = new Set(['_id'])
  for (const field of fields) {
    const { key } = field
    const written = field.write(values[key] ?? null)
    const isCurrent = has(kept, key) && spell(field.write(field.read(kept[key]))) === spell(written)
    const value = isCurrent ? kept[key] : written
    if (value !== undefined && !(key === '_id' && has(kept, '_id'))) pairs.push([key, value])
    done.add(key)
  }
  for (const [key, value] of Object.entries(kept)) if (!done.has(key)) pairs.push([key, value])
  return Object.fromEntries(pairs)
}
