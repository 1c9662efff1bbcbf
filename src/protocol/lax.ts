// Values as the coworld originals read them: numbers written as text, booleans as words, UUIDs in several spellings.
import { z } from 'zod'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** A number, or text with a number; surrounding whitespace is ignored. `null` and booleans stay what they are. */
function readNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return value
  const text = value.trim().replaceAll(/(?<=\d)_(?=\d)/g, '')
  return NUMBER.test(text) ? Number(text) : value
}

/** A finite number. */
export const LaxNumber = z.preprocess(readNumber, z.number())

/** A whole number; 3.0 counts as one. */
export const LaxInt = z.preprocess(readNumber, z.int())

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  on: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  off: false,
  '0': false,
}

/** A boolean, 0 or 1, or a word for one. */
export const LaxBoolean = z.preprocess((value) => {
  if (value === 0 || value === 1) return value === 1
  if (typeof value !== 'string') return value
  return WORDS[value.toLowerCase()] ?? value
}, z.boolean())

const UUID = /^(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i

/** A UUID in lower case with dashes, read with or without dashes, in braces, or as `urn:uuid:`. */
export const Uuid = z.string().transform((text, context) => {
  const bare = /^\{(.*)\}$/s.exec(text)?.[1] ?? text
  const dashed = /^[0-9a-f]{32}$/i.test(bare)
    ? bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : bare
  const found = UUID.exec(dashed)
  if (found) return found.slice(1).join('-').toLowerCase()
  context.addIssue({ code: 'custom', message: 'must be a UUID' })
  return z.NEVER
})

/** May be absent or null; read as null. */
export const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null)
