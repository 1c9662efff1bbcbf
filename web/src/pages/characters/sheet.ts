// A character's sheet as rows, so that two can be compared side by side, and which rows differ.
import type { Character } from '../../../../src/protocol/character.ts'

export interface SheetRow {
  readonly section: string
  readonly name: string
  /** One text per line; empty: the sheet has no value. */
  readonly lines: readonly string[]
}

/** A row of two sheets. */
export interface PairedRow extends SheetRow {
  readonly other: readonly string[]
  readonly differs: boolean
}

const KNOWN = new Set([
  'hid',
  'authors',
  'is_human',
  'pc_eligible',
  'common_labels',
  'short_description',
  'long_description',
  'abilities',
  'persona_features',
  'goals',
  'hsn_divergence',
  'dimensions',
  'scenarios',
])

export function rowsOf(sheet: Character): SheetRow[] {
  const row = (section: string, name: string, ...lines: (string | readonly string[])[]): SheetRow => {
    return { section, name, lines: lines.flat().filter((line) => line.trim() !== '') }
  }
  return [
    row('About', 'Kind', sheet.is_human ? 'Human' : 'Not human'),
    row('About', 'Players may be it', sheet.pc_eligible ? 'yes' : 'no'),
    row('About', 'Labels', sheet.common_labels.join(', ')),
    row('About', 'In short', sheet.short_description),
    row('About', 'In full', sheet.long_description),
    ...abilitiesOf(sheet.abilities),
    row('Character', 'Manner', sheet.persona_features ?? []),
    row('Character', 'Goals', sheet.goals),
    ...profileOf(sheet),
    ...(sheet.scenarios ?? []).map(({ name, description, baseline_experience, pleasant_if, unpleasant_if }) =>
      row(
        'Scenarios',
        name,
        description,
        baseline_experience,
        pleasant_if.map((each) => `Pleasant if ${each}`),
        unpleasant_if.map((each) => `Unpleasant if ${each}`),
      ),
    ),
    ...Object.entries(sheet)
      .filter(([key]) => !KNOWN.has(key))
      .map(([key, value]) => row('Further', words(key), typeof value === 'string' ? value : JSON.stringify(value))),
    row('Further', 'Authors', sheet.authors.join(', ')),
  ]
}

function abilitiesOf(abilities: Character['abilities']): SheetRow[] {
  if (typeof abilities === 'string') return [{ section: 'Character', name: 'Abilities', lines: [abilities] }]
  if (Array.isArray(abilities)) return [{ section: 'Character', name: 'Abilities', lines: abilities }]
  return Object.entries(abilities).map(([name, given]) => ({
    section: 'Character',
    name: `Abilities: ${words(name)}`,
    lines: typeof given === 'string' ? [given] : given,
  }))
}

function profileOf({ hsn_divergence, dimensions }: Character): SheetRow[] {
  const verdicts = Object.entries(hsn_divergence ?? {}).flatMap(([section, assumptions]) =>
    Object.entries(assumptions).map(([name, { value, explanation }]) => ({
      section: sentence(words(section)),
      name: sentence(words(name)),
      lines: [value ?? 'not known', explanation ?? ''].filter((line) => line !== ''),
    })),
  )
  const answers = Object.entries(dimensions ?? {}).map(([name, { value, explanation }]) => ({
    section: 'Dimensions',
    name: sentence(words(name)),
    lines: [value.map(words).join(', '), explanation].filter((line) => line !== ''),
  }))
  return [...verdicts, ...answers]
}

const words = (key: string): string => key.replaceAll('_', ' ')
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The rows of the first sheet in order, paired with those of the second; rows that only the second has follow. */
export function pairRows(first: Character, second: Character): PairedRow[] {
  const keyOf = ({ section, name }: SheetRow): string => `${section}\n${name}`
  const others = new Map(rowsOf(second).map((row) => [keyOf(row), row]))
  const paired = rowsOf(first).map((row): PairedRow => {
    const other = others.get(keyOf(row))?.lines ?? []
    others.delete(keyOf(row))
    return { ...row, other, differs: !isSame(row.lines, other) }
  })
  const alone = [...others.values()].map(
    (row): PairedRow => ({ ...row, lines: [], other: row.lines, differs: row.lines.length > 0 }),
  )
  return [...paired, ...alone]
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index])
