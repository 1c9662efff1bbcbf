// The parts of a character that an episode keeps: those that prompts, texts and the offline responder use. The whole
// document stays in the configuration, and so in the journal's header.
import { z } from 'zod'
import type { Character } from '../../protocol/character.ts'

/** A character as an episode knows it. Texts are Markdown; `limits` and `traits` are terms of the vocabulary. */
export const Sheet = z.strictObject({
  hid: z.string(),
  is_human: z.boolean(),
  short_description: z.string(),
  long_description: z.string(),
  /** Rendered, one bullet per line. */
  abilities: z.string(),
  goals: z.array(z.string()),
  scenarios: z.array(z.string()),
  /** Assumptions that do not hold for a human: `vision`, `stress_tolerance`. */
  limits: z.array(z.string()),
  /** Values of a non-human's dimensions: `digital`, `goal-directed`. */
  traits: z.array(z.string()),
  /** Manner, habits, voice. Absent under edition 1 of the rules. */
  persona: z.array(z.string()).exactOptional(),
})
export type Sheet = z.infer<typeof Sheet>

/** How texts refer to a character by default: `they` for people. */
export const PRONOUNS = ['she', 'he', 'they', 'it'] as const
export type Pronoun = (typeof PRONOUNS)[number]

/** The pronoun that a sheet's texts clearly use; otherwise `they` for people and `it` for others. */
export function pronounOf(sheet: Sheet): Pronoun {
  const text = [sheet.long_description, sheet.abilities, ...sheet.goals].join(' ').toLowerCase()
  const count = (words: RegExp): number => text.match(words)?.length ?? 0
  const she = count(/\b(?:she|her|hers|herself)\b/g)
  const he = count(/\b(?:he|his|him|himself)\b/g)
  // A sheet may also mention other people.
  if (she >= 3 && she > 2 * he) return 'she'
  if (he >= 3 && he > 2 * she) return 'he'
  return sheet.is_human ? 'they' : 'it'
}

/** @param hasPersona whether to keep the manner: sessions of edition 1 of the rules have none */
export function sheetOf(character: Character, hasPersona = true): Sheet {
  const { hid, is_human, short_description, long_description, abilities, hsn_divergence, dimensions } = character
  return {
    hid,
    is_human,
    short_description,
    long_description,
    abilities: formatAbilities(abilities),
    goals: character.goals.filter((goal) => goal.trim() !== ''),
    scenarios: (character.scenarios ?? []).map((scenario) => JSON.stringify(scenario)),
    limits: Object.values(hsn_divergence ?? {}).flatMap((section) =>
      Object.keys(section).filter((name) => (section[name]?.value ?? 'normative') !== 'normative'),
    ),
    traits: Object.values(dimensions ?? {}).flatMap((dimension) => dimension.value),
    ...(hasPersona ? { persona: (character.persona_features ?? []).filter((each) => each.trim() !== '') } : {}),
  }
}

/**
 * Abilities as Markdown: a text stays unchanged, a list becomes bullets, and an object becomes a heading with bullets
 * or text for each section. Blank items are left out.
 * @param level of the headings; clamped to 1..6
 */
export function formatAbilities(abilities: Character['abilities'], level = 3): string {
  if (typeof abilities === 'string') return abilities
  if (Array.isArray(abilities)) return bullets(abilities)
  const mark = '#'.repeat(Math.min(6, Math.max(1, level)))
  return Object.entries(abilities)
    .map(([name, section]) => `${mark} ${name}\n${typeof section === 'string' ? section : bullets(section)}`)
    .join('\n\n')
}

function bullets(items: readonly string[]): string {
  return items
    .filter((item) => item.trim() !== '')
    .map((item) => `- ${item}`)
    .join('\n')
}
