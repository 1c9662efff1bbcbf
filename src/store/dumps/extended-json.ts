// Instants and ids in the extended JSON of document databases (relaxed mode), spelled as in the original's dumps.
import { z } from 'zod'
import { isExactObject } from './exact-json.ts'

/** The range of a four-digit year: 0000 to 9999. */
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999
const Moment = z.iso.datetime({ offset: true })

/** An instant in milliseconds; undefined for a value that is not an instant, or is outside the years 0000 to 9999. */
export function readInstant(value: unknown): number | undefined {
  const inner = isExactObject(value) ? value.$date : value
  const ms = isExactObject(inner) ? readLong(inner.$numberLong) : readMoment(inner)
  return ms !== undefined && ms >= FIRST_MS && ms <= LAST_MS ? ms : undefined
}

function readLong(value: unknown): number | undefined {
  return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : undefined
}

function readMoment(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  return Moment.safeParse(text).success ? Date.parse(text) : undefined
}

/**
 * `{"$date": "2026-04-21T10:00:00Z"}`. Milliseconds are written only if they are not zero; instants before 1970 are
 * written as numbers.
 */
export function formatInstant(ms: number): object {
  if (ms < 0) return { $date: { $numberLong: String(ms) } }
  return { $date: new Date(ms).toISOString().replace('.000Z', 'Z') }
}

/** A database id, or text used in place of one. */
export function readId(value: unknown): string | undefined {
  const inner = isExactObject(value) ? value.$oid : value
  return typeof inner === 'string' && inner !== '' ? inner : undefined
}

/** 24 hex digits are a database id; anything else is text. */
export function formatId(id: string): unknown {
  return /^[0-9a-f]{24}$/.test(id) ? { $oid: id } : id
}
