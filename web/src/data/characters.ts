// Characters: the table with its filters in the URL, and single sheets.
import { queryOptions } from '@tanstack/react-query'
import type { CharacterEntry } from 'paracosm/protocol'
import { apiClient } from './client.ts'

const CATALOGUE_MS = 60_000

export const characterTableQuery = queryOptions({
  queryKey: ['character-table'],
  queryFn: () => apiClient().characterTable(),
  staleTime: CATALOGUE_MS,
})

export const characterQuery = (hid: string | undefined) =>
  queryOptions({
    queryKey: ['character', hid],
    queryFn: () => apiClient().character(hid ?? ''),
    enabled: hid !== undefined,
    staleTime: CATALOGUE_MS,
  })

export const coverageQuery = queryOptions({
  queryKey: ['character-coverage'],
  queryFn: () => apiClient().characterCoverage(),
  staleTime: CATALOGUE_MS,
})

/** The address parameters of the characters page. */
export interface CharacterSearch {
  /** Words that id, description or labels contain. */
  q?: string
  kind?: 'human' | 'other'
  /** `yes`: players may be this character. */
  playable?: 'yes' | 'no'
  label?: string
  /** The character shown, and the one next to it. */
  read?: string
  with?: string
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** Reads an address with any content. */
export function readCharacterSearch(given: Readonly<Record<string, unknown>>): CharacterSearch {
  const search: CharacterSearch = {}
  for (const name of ['q', 'label', 'read', 'with'] as const) {
    const text = textOf(given[name])
    if (text !== '') search[name] = text
  }
  if (given.kind === 'human' || given.kind === 'other') search.kind = given.kind
  if (given.playable === 'yes' || given.playable === 'no') search.playable = given.playable
  return search
}

/** The characters that match the filters, in the order of the catalogue. */
export function filterCharacters(all: readonly CharacterEntry[], search: CharacterSearch): readonly CharacterEntry[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return all.filter(({ hid, is_human, pc_eligible, common_labels, short_description }) => {
    if (search.kind !== undefined && is_human !== (search.kind === 'human')) return false
    if (search.playable !== undefined && pc_eligible !== (search.playable === 'yes')) return false
    if (search.label !== undefined && !common_labels.includes(search.label)) return false
    const text = [hid, short_description, ...common_labels].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
