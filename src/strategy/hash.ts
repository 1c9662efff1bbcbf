// The fingerprint of a program: SHA-256 over its canonical JSON. Contract: section 8 of the language. This differs from
// the canonical JSON of the journal (kernel/canonical.ts): keys sort by code point, and everything outside printable
// ASCII is escaped.
import { sha256, toHex } from '../kernel/sha256.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { compareByCodePoint } from './code-points.ts'

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

const escapeUnit = (unit: string): string =>
  ESCAPES.get(unit) ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const PLAIN = /^[ !#-[\]-~]*$/

// Without the u flag the pattern takes UTF-16 units, so an astral character becomes two escapes.
const quote = (text: string): string => `"${PLAIN.test(text) ? text : text.replace(/["\\]|[^ -~]/g, escapeUnit)}"`

/** Without surrogates, the order of UTF-16 units equals that of code points. */
const SURROGATE = /[\ud800-\udfff]/

function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return compareByCodePoint(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

function spellScalar(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  return value === 0 ? '0' : String(value)
}

/** Maximum depth that is written by recursion. */
const SHALLOW = 200

/**
 * Canonical JSON of a program: keys sorted, no white space, ASCII only. A zero has no sign.
 *
 * @example
 * import { canonicalProgram } from 'paracosm/strategy'
 *
 * console.log(canonicalProgram({ type: 'program', rules: [] })) // {"rules":[],"type":"program"}
 */
export function canonicalProgram(program: JsonValue): string {
  return spell(program, 0)
}

function spell(value: JsonValue, depth: number): string {
  if (typeof value !== 'object' || value === null) return spellScalar(value)
  if (depth > SHALLOW) return spellDeep(value)
  if (!isObject(value)) return `[${Array.from(value, (each) => spell(each ?? null, depth + 1)).join(',')}]`
  let text = ''
  for (const key of Object.keys(value).sort(compareKeys)) {
    text += `${text === '' ? '' : ','}${quote(key)}:${spell(value[key] ?? null, depth + 1)}`
  }
  return `{${text}}`
}

interface Pending {
  /** Written verbatim before the value. */
  readonly text: string
  readonly value?: JsonValue
}

/** The same with an explicit stack: the id of an `else_if` branch may be JSON of any depth. */
function spellDeep(start: JsonValue): string {
  const parts: string[] = []
  const pending: Pending[] = [{ text: '', value: start }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    parts.push(next.text)
    const { value } = next
    if (value === undefined) continue
    if (isObject(value)) pushReversed(pending, spellObject(value))
    else if (Array.isArray(value)) pushReversed(pending, spellArray(value))
    else parts.push(spellScalar(value))
  }
  return parts.join('')
}

/** One by one: spreading many thousands of entries would exceed the argument limit of a call. */
function pushReversed(target: Pending[], items: readonly Pending[]): void {
  for (const item of items.toReversed()) target.push(item)
}

function spellArray(values: readonly JsonValue[]): Pending[] {
  const spelled = Array.from(values, (value, i): Pending => ({ text: i === 0 ? '[' : ',', value: value ?? null }))
  return [...spelled, { text: values.length === 0 ? '[]' : ']' }]
}

function spellObject(object: JsonObject): Pending[] {
  const entries = Object.entries(object).sort(([a], [b]) => compareKeys(a, b))
  const spelled = entries.map(([key, value], i): Pending => ({ text: `${i === 0 ? '{' : ','}${quote(key)}:`, value }))
  return [...spelled, { text: entries.length === 0 ? '{}' : '}' }]
}

/** SHA-256 of a text, 64 lowercase hex digits. */
export function hashText(text: string): string {
  return toHex(sha256(new TextEncoder().encode(text)))
}

/**
 * `hash_version` of a program: 64 lowercase hex digits, independent of the order of its keys.
 * @param program a validated program; null hashes as `{}`
 *
 * @example
 * import { createDefaultProgram, hashProgram } from 'paracosm/strategy'
 *
 * console.log(hashProgram(createDefaultProgram())) // 64 hexadecimal digits
 */
export function hashProgram(program: JsonValue): string {
  return hashText(canonicalProgram(program ?? {}))
}

interface HashedDefinition {
  readonly id: string
  readonly version: number
  readonly status: 'DRAFT' | 'PUBLISHED' | 'ARCHIVED'
  readonly program: JsonValue
}

export interface HashCache {
  hashOf(definition: HashedDefinition): string
}

/**
 * Caches the hashes of published definitions, which never change; evicts the least recently used one first. Drafts
 * are hashed every time: their programs change within one version.
 *
 * @example
 * import { createDefaultProgram, createHashCache } from 'paracosm/strategy'
 *
 * const cache = createHashCache(100)
 * console.log(cache.hashOf({ id: 'mine', version: 1, status: 'PUBLISHED', program: createDefaultProgram() }))
 */
export function createHashCache(capacity = 512): HashCache {
  const hashes = new Map<string, string>()
  return {
    hashOf({ id, version, status, program }) {
      if (status !== 'PUBLISHED') return hashProgram(program)
      const key = `${version}:${id}`
      const hash = hashes.get(key) ?? hashProgram(program)
      hashes.delete(key)
      hashes.set(key, hash)
      for (const oldest of hashes.keys()) {
        if (hashes.size <= capacity) break
        hashes.delete(oldest)
      }
      return hash
    },
  }
}
