// Named filters over characters. Pure; they keep the order of the list. A filter reads stored documents, which may be
// old or broken: a missing value or one of the wrong type never matches.
import { unknownName } from '../../../kernel/closest.ts'

/** Any document. The filters read at most five of its keys, and trust none of them. */
export type CharacterFields = { readonly [key: string]: unknown }

export interface CharacterFilter {
  readonly name: string
  /** What the filter matches, for lists and documentation. */
  readonly summary: string
  readonly matches: (character: CharacterFields) => boolean
}

const HYPERSENSITIVE = [
  'highly sensitive person (hsp)',
  'autistic',
  'sensory divergence',
  'anxiety',
  'hypervigilance',
] as const
const HYPOSENSITIVE = ['ADHD', 'attention regulation divergence'] as const

const isHuman = (character: CharacterFields): boolean => character.is_human === true
const isNeurotypical = (character: CharacterFields): boolean => labelsOf(character).includes('neurotypical')

export const CHARACTER_FILTERS: readonly CharacterFilter[] = [
  { name: 'all', summary: 'every character', matches: () => true },
  {
    name: 'pc-eligible',
    summary: 'those that a player may be',
    matches: (character) => character.pc_eligible === true,
  },
  { name: 'human', summary: 'humans', matches: isHuman },
  { name: 'non-human', summary: 'all who are not human', matches: (character) => !isHuman(character) },
  {
    name: 'human-normative',
    summary: 'humans with the label `neurotypical`',
    matches: (character) => isHuman(character) && isNeurotypical(character),
  },
  { name: 'neurotypical', summary: 'those with the label `neurotypical`', matches: isNeurotypical },
  {
    name: 'divergent',
    summary: 'those who diverge in any assumption',
    matches: (character) => Object.values(sectionsOf(character)).some(isDivergent),
  },
  {
    name: 'neurodivergent',
    summary: 'those who diverge in a cognitive or perceptual assumption, or in `neurotypical_communication`',
    matches: (character) =>
      isDivergent(sectionOf(character, 'cognitive_and_perceptual_assumptions')) ||
      isNonNormative(sectionOf(character, 'social_and_communicative_assumptions').neurotypical_communication),
  },
  {
    name: 'physical-divergence',
    summary: 'those who diverge in a physical assumption',
    matches: (character) => isDivergent(sectionOf(character, 'physical_ability_assumptions')),
  },
  {
    name: 'hypersensitive',
    summary: `those with one of the labels ${quoted(HYPERSENSITIVE)}`,
    matches: (character) => HYPERSENSITIVE.some((label) => labelsOf(character).includes(label)),
  },
  {
    name: 'hyposensitive',
    summary: `those with one of the labels ${quoted(HYPOSENSITIVE)}`,
    matches: (character) => HYPOSENSITIVE.some((label) => labelsOf(character).includes(label)),
  },
]

/**
 * The characters of `list` that the named filter matches, in the order of the list.
 * @throws AppError UNKNOWN_FILTER, listing the existing names
 */
export function filterCharacters<Held extends CharacterFields>(name: string, list: readonly Held[]): Held[] {
  const filter = CHARACTER_FILTERS.find((row) => row.name === name)
  if (filter) return list.filter(filter.matches)
  const names = CHARACTER_FILTERS.map((row) => row.name)
  throw unknownName('UNKNOWN_FILTER', `No character filter is called '${name}'; there are ${names.join(', ')}.`, {
    name,
    known: names,
  })
}

/** Labels are compared exactly. */
const labelsOf = ({ common_labels }: CharacterFields): readonly unknown[] =>
  Array.isArray(common_labels) ? common_labels : []

const sectionsOf = (character: CharacterFields): CharacterFields => fieldsOf(character.hsn_divergence)

function sectionOf(character: CharacterFields, name: string): CharacterFields {
  const sections = sectionsOf(character)
  return Object.hasOwn(sections, name) ? fieldsOf(sections[name]) : {}
}

const isDivergent = (section: unknown): boolean => Object.values(fieldsOf(section)).some(isNonNormative)

function isNonNormative(assumption: unknown): boolean {
  const { value } = fieldsOf(assumption)
  return value !== undefined && value !== null && value !== 'normative'
}

function fieldsOf(value: unknown): CharacterFields {
  return isFields(value) ? value : {}
}

function isFields(value: unknown): value is CharacterFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quoted(labels: readonly string[]): string {
  return labels.map((label) => `\`${label}\``).join(', ')
}
