// What an episode keeps of a character: the parts that prompts, texts and the local cast use. The whole document stays
// in the configuration, and so in the journal's header.
import { z } from 'zod'
import { JsonValue } from '../../protocol/json.ts'

/** The part of a character document that is read here. Other keys are kept as they are. */
export const CharacterSheet = z
  .object({
    hid: z.string().min(1),
    is_human: z.boolean(),
    short_description: z.string(),
    long_description: z.string(),
    abilities: JsonValue,
    goals: JsonValue.optional(),
    scenarios: JsonValue.optional(),
    hsn_divergence: JsonValue.optional(),
    dimensions: JsonValue.optional(),
  })
  .catchall(JsonValue)
export type CharacterSheet = z.infer<typeof CharacterSheet>

/** A character as an episode knows it. Texts are markdown; `limits` and `traits` are words of the vocabulary. */
export const Sheet = z.strictObject({
  hid: z.string(),
  is_human: z.boolean(),
  short_description: z.string(),
  long_description: z.string(),
  /** Rendered, one bullet a line. */
  abilities: z.string(),
  goals: z.array(z.string()),
  scenarios: z.array(z.string()),
  /** Assumptions that do not hold of a human: `vision`, `stress_tolerance`. */
  limits: z.array(z.string()),
  /** Values of a non-human's dimensions: `digital`, `goal-directed`. */
  traits: z.array(z.string()),
})
export type Sheet = z.infer<typeof Sheet>

export function sheetOf(character: CharacterSheet): Sheet {
  return {
    hid: character.hid,
    is_human: character.is_human,
    short_description: character.short_description,
    long_description: character.long_description,
    abilities: formatAbilities(character.abilities),
    goals: listOf(character.goals),
    scenarios: listOf(character.scenarios),
    limits: divergencesOf(character.hsn_divergence),
    traits: traitsOf(character.dimensions),
  }
}

/**
 * Abilities as markdown: a text stays as it is, a list becomes bullets, an object a heading and bullets for each
 * section. Blank items are left out; anything else is spelled as JSON.
 * @param level of the headings; taken into 1..6
 */
export function formatAbilities(abilities: JsonValue, level = 3): string {
  if (typeof abilities === 'string') return abilities
  if (abilities === null) return ''
  if (isList(abilities)) return bullets(abilities)
  if (typeof abilities !== 'object') return String(abilities)
  const mark = '#'.repeat(Math.min(6, Math.max(1, level)))
  return Object.entries(abilities)
    .map(([name, section]) => `${mark} ${name}\n${formatAbilities(section, level + 1)}`.trimEnd())
    .join('\n\n')
}

function bullets(items: readonly JsonValue[]): string {
  return items
    .map(spell)
    .filter((item) => item.trim() !== '')
    .map((item) => `- ${item}`)
    .join('\n')
}

/** Texts stay as they are; everything else is spelled as JSON. */
function spell(value: JsonValue): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}

function listOf(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return []
  return (isList(value) ? value : [value]).map(spell).filter((text) => text.trim() !== '')
}

function divergencesOf(sections: JsonValue | undefined): string[] {
  return entriesOf(sections).flatMap(([, section]) =>
    entriesOf(section).flatMap(([name, verdict]) => {
      const value = entriesOf(verdict).find(([key]) => key === 'value')?.[1]
      return typeof value === 'string' && value !== 'normative' ? [name] : []
    }),
  )
}

function traitsOf(dimensions: JsonValue | undefined): string[] {
  return entriesOf(dimensions).flatMap(([, dimension]) =>
    listOf(entriesOf(dimension).find(([key]) => key === 'value')?.[1]),
  )
}

function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return typeof value === 'object' && value !== null && !isList(value) ? Object.entries(value) : []
}

/** `Array.isArray` does not narrow a readonly list. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
