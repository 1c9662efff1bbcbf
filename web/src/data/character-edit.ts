// Editing and importing characters: conversion between a form and its data, the faults of each field, and the effect of
// a change.
import type { ZodType } from 'zod'
import { Character, NewCharacter } from '../../../src/protocol/character.ts'
import type { JsonObject } from '../../../src/protocol/json.ts'

/** The fields of the form. Lists have one line per item; the profile is JSON. */
export const FIELDS = [
  { id: 'authors', label: 'Authors', kind: 'lines', help: 'One a line.' },
  { id: 'common_labels', label: 'Labels', kind: 'lines', help: 'One a line.' },
  { id: 'short_description', label: 'In short, for players', kind: 'text' },
  { id: 'long_description', label: 'In full, for the model', kind: 'text' },
  { id: 'abilities', label: 'Abilities', kind: 'lines', help: 'One a line.' },
  { id: 'persona_features', label: 'Manner', kind: 'lines', help: 'One a line; may be empty.' },
  { id: 'goals', label: 'Goals', kind: 'lines', help: 'One a line.' },
] as const

export type FieldId = (typeof FIELDS)[number]['id'] | 'hid' | 'profile' | 'more'

/** The form as typed. */
export interface Draft {
  readonly hid: string
  readonly is_human: boolean
  readonly pc_eligible: boolean
  readonly texts: Readonly<Record<(typeof FIELDS)[number]['id'], string>>
  /** JSON: the divergence of a human, or the dimensions of any other character. */
  readonly profile: string
  /** JSON of everything without a field of its own. */
  readonly more: string
}

const OWN = new Set<string>([
  'hid',
  'is_human',
  'pc_eligible',
  'hsn_divergence',
  'dimensions',
  ...FIELDS.map(({ id }) => id),
])

export function draftOf(sheet: Character): Draft {
  const text = (value: unknown): string =>
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? value.join('\n')
        : value === undefined
          ? ''
          : JSON.stringify(value, null, 2)
  const more = Object.fromEntries(Object.entries(sheet).filter(([key]) => !OWN.has(key)))
  return {
    hid: sheet.hid,
    is_human: sheet.is_human,
    pc_eligible: sheet.pc_eligible,
    texts: {
      authors: text(sheet.authors),
      common_labels: text(sheet.common_labels),
      short_description: sheet.short_description,
      long_description: sheet.long_description,
      abilities: text(sheet.abilities),
      persona_features: text(sheet.persona_features),
      goals: text(sheet.goals),
    },
    profile: JSON.stringify((sheet.is_human ? sheet.hsn_divergence : sheet.dimensions) ?? {}, null, 2),
    more: JSON.stringify(more, null, 2),
  }
}

export type Faults = Readonly<Partial<Record<FieldId, string>>>
export type Read = { readonly sheet: Character } | { readonly faults: Faults }

/** The sheet of a form. @param before the current version; undefined: a new character, to which stricter rules apply */
export function readDraft(draft: Draft, before: Character | undefined): Read {
  const profile = readJson(draft.profile)
  const more = readJson(draft.more)
  if (typeof profile === 'string') return { faults: { profile } }
  if (typeof more === 'string') return { faults: { more } }
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  const { texts } = draft
  const given: JsonObject = {
    ...more,
    hid: draft.hid.trim(),
    authors: lines(texts.authors),
    is_human: draft.is_human,
    pc_eligible: draft.pc_eligible,
    common_labels: lines(texts.common_labels),
    short_description: texts.short_description.trim(),
    long_description: texts.long_description.trim(),
    abilities: abilitiesOf(texts.abilities, before),
    ...(texts.persona_features.trim() === '' ? {} : { persona_features: lines(texts.persona_features) }),
    goals: lines(texts.goals),
    hsn_divergence: draft.is_human ? profile : null,
    dimensions: draft.is_human ? null : profile,
  }
  const { error } = checkerOf(before).safeParse(given)
  if (error) return { faults: faultsOf(error.issues) }
  const sheet = Character.parse(given)
  if (sheet.short_description === '') return { faults: { short_description: 'must not be blank' } }
  return { sheet }
}

/** An existing character may have older data; a new one must satisfy the rules for new ones. */
const checkerOf = (before: Character | undefined): ZodType => (before === undefined ? NewCharacter : Character)

/** Sections and single texts of older sheets keep their form. */
function abilitiesOf(text: string, before: Character | undefined): JsonObject | string | string[] {
  const old = before?.abilities
  if (typeof old === 'string') return text.trim()
  if (old !== undefined && !Array.isArray(old)) {
    const read = readJson(text)
    return typeof read === 'string' ? text : read
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** An object, or the reason why it is not one. */
function readJson(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value))
    return 'This must be a JSON object.'
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

const FIELD_IDS = new Set<string>([...FIELDS.map(({ id }) => id), 'hid'])
const isField = (name: string): name is FieldId => FIELD_IDS.has(name)

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function faultsOf(issues: readonly Issue[]): Faults {
  const faults: Partial<Record<FieldId, string>> = {}
  for (const { path, message } of issues) {
    const [first = '', ...rest] = path.map(String)
    const field: FieldId =
      first === 'hsn_divergence' || first === 'dimensions' ? 'profile' : isField(first) ? first : 'more'
    const where = field === 'more' ? [first, ...rest] : rest
    const at = where
      .filter((part) => part !== '')
      .map((part) => (/^\d+$/.test(part) ? `line ${Number(part) + 1}` : part.replaceAll('_', ' ')))
    faults[field] ??= [...at, message].join(': ')
  }
  return faults
}

/** Names of the top-level fields that differ. */
export function changesOf(before: Character | undefined, after: Character): readonly string[] {
  const old: Readonly<Record<string, unknown>> = before ?? {}
  const names = new Set([...Object.keys(old), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(after[name]))
}

/** One character of a file: what importing it would do, or why it is invalid. */
export interface Imported {
  readonly hid: string
  readonly sheet?: Character
  readonly fault?: string
}

/** Maximum characters per import: use several files for more, or `paracosm admin character`. */
export const MAX_IMPORTED = 500

/** Reads a file with one character or a list of them; a string: why it is invalid. */
export function readImport(text: string): readonly Imported[] | string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return `The file is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
  const all: readonly unknown[] = Array.isArray(json) ? json : [json]
  if (all.length === 0) return 'The file has no characters.'
  if (all.length > MAX_IMPORTED) return `The file has ${all.length} characters; ${MAX_IMPORTED} fit into one import.`
  return all.map((each, index) => readOne(each, index))
}

function readOne(given: unknown, index: number): Imported {
  const parsed = Character.safeParse(given)
  if (parsed.success) {
    const { _id, ...sheet } = parsed.data
    return { hid: parsed.data.hid, sheet: Character.parse(sheet) }
  }
  const hid: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, 'hid') : undefined
  const [issue] = parsed.error.issues
  return {
    hid: typeof hid === 'string' && hid !== '' ? hid : `number ${index + 1}`,
    fault: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not a character'}`,
  }
}
