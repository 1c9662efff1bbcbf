// The fingerprint of a character: SHA-256 of its document together with the prompts and the model that play it. The
// canonical form is the original's: keys by code point, ", " and ": " as separators, ASCII only, numbers as Python
// prints them.
import { createHash } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { floatText } from '../forms/python-text.ts'
import { byText } from '../strategy/candidates.ts'

/** A number as written in the text: 1.0 and 1 differ, and large integers keep all digits. */
class Spelled {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** @throws AppError JSON_MALFORMED */
export function parseSpelled(text: string): unknown {
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? new Spelled(spell(context?.source ?? String(value))) : value,
    )
  } catch (cause) {
    throw new AppError('JSON_MALFORMED', 'the character is not JSON', { cause })
  }
}

function spell(source: string): string {
  if (!/^-?\d+$/.test(source)) return floatText(Number(source))
  return source === '-0' ? '0' : source
}

const quote = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (char) =>
    char === '\u007f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function canonical(value: unknown): string {
  if (value instanceof Spelled) return value.text
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return spell(Number.isInteger(value) ? String(value) : `${value}`)
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`
  const entries = Object.entries(value).toSorted(([a], [b]) => byText(a, b))
  return `{${entries.map(([key, each]) => `${quote(key)}: ${canonical(each)}`).join(', ')}}`
}

/** The prompts that play a character: one template in the documented generation, a bundle in the later one. */
export type Prompts =
  | { readonly updater_system_prompt_template: string }
  | {
      readonly simulator_prompt_bundle: {
        readonly opener_template: string
        readonly updater_template: string
        readonly player_turn_validators: readonly string[]
        readonly simulator_turn_validators: readonly string[]
      }
    }

/** A document with spelled numbers, or any plain object. */
export type CharacterDocument = Readonly<Record<string, unknown>>

/**
 * @param document the character, as returned by `parseSpelled`
 * @param model the model that plays characters
 */
export function fingerprintOf(document: CharacterDocument, model: string, prompts: Prompts): string {
  const { hid, name = '', short_description, ...data } = document
  const character = { hid, name, short_description: short_description ?? '', data }
  return createHash('sha256')
    .update(canonical({ character, model, ...prompts }))
    .digest('hex')
}
