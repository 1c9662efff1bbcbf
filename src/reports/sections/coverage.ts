// How much of the space of minds the characters of a study cover, as sections of the two reports.
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from '../../protocol/character-vocabulary.ts'
import { barChart, heatmap } from '../charts/charts.ts'
import { assumptionsOf, colourOf, coverageOf, type Fields, percentText, type Ratio, valuesOf } from '../coverage.ts'
import { card, heading, note } from '../page/html.ts'
import { table } from '../page/table.ts'
import type { Results } from '../results/results.ts'
import type { Section } from './section.ts'

const STATES = { covered: '#2f855a', 'not covered': '#d97706', 'not applicable': '#94a3b8' } as const

const scoreCard = (name: string, ratio: Ratio, rows: readonly (readonly [string, unknown])[]): string =>
  card([[name, `${percentText(ratio)} (${ratio.covered} of ${ratio.total})`, colourOf(ratio)], ...rows])

/** `HID (first common label)` */
function labelOf({ hid, common_labels }: Fields): string {
  const label = Array.isArray(common_labels) ? common_labels[0] : undefined
  return typeof label === 'string' ? `${String(hid)} (${label})` : String(hid)
}

const KNOWN_ASSUMPTIONS = Object.entries(HSN_ASSUMPTIONS).flatMap(([section, names]) =>
  Object.keys(names).map((name) => `${section}.${name}`),
)

/** The assumptions from which people diverge. */
export function humanCoverage(characters: readonly Fields[]): string {
  const { human, humans } = coverageOf(characters)
  if (!human) return note('There is no human character with this data.')
  const people = characters
    .map((each) => ({ label: labelOf(each), own: assumptionsOf(each) }))
    .filter(({ own }) => own.size > 0)
    .map((each) => ({ ...each, divergent: [...each.own.values()].filter(Boolean).length }))
    .toSorted((a, b) => a.divergent - b.divergent)
  const named = new Set(people.flatMap(({ own }) => [...own.keys()]))
  const columns = [
    ...KNOWN_ASSUMPTIONS.filter((each) => named.has(each)),
    ...[...named].filter((each) => !KNOWN_ASSUMPTIONS.includes(each)),
  ].toSorted((a, b) => (a < b ? -1 : 1))
  const cells = people.flatMap(({ label, own }) =>
    columns.map((name) => ({
      x: name.split('.').at(-1) ?? name,
      y: label,
      value: own.get(name) === undefined ? 'unknown' : own.get(name) ? 'divergent' : 'normative',
    })),
  )
  return [
    scoreCard('assumptions that somebody diverges from', human, [['characters', humans]]),
    barChart(
      'Divergent assumptions of each character',
      people.map(({ label, divergent }) => [label, divergent] as const).toReversed(),
    ),
    heatmap('What each character diverges in', cells, {
      colours: { divergent: '#c0392b', normative: '#cbd5e1', unknown: '#f1f5f9' },
    }),
  ].join('')
}

function dimensionCharts(characters: readonly Fields[]): string {
  const cells: { x: string; y: string; value: string }[] = []
  const options = [...new Set(Object.values(CHARACTER_DIMENSIONS).flatMap((each): readonly string[] => each.options))]
  const charts = Object.entries(CHARACTER_DIMENSIONS).map(([dimension, { options: own }]) => {
    const counts = own.map(
      (option: string) =>
        [option, characters.filter((each) => valuesOf(each, dimension).includes(option)).length] as const,
    )
    const known: readonly string[] = own
    for (const option of options) {
      const isCovered = counts.some(([name, count]) => name === option && count > 0)
      const value = !known.includes(option) ? 'not applicable' : isCovered ? 'covered' : 'not covered'
      cells.push({ x: dimension, y: option, value })
    }
    return own.length === 1 ? note(`${dimension} has one option.`) : barChart(`Characters by ${dimension}`, counts)
  })
  return `<div class="charts">${charts.join('')}</div>${heatmap('Options that a character has, by dimension', cells, { colours: STATES })}`
}

/** Pairs of values, with the number of characters that have both. */
function gapTable(characters: readonly Fields[], one: string, other: string): string {
  const values = (dimension: string) =>
    [...new Set(characters.flatMap((each) => valuesOf(each, dimension)))].toSorted((a, b) => (a < b ? -1 : 1))
  const rows = values(one).flatMap((a) =>
    values(other).map((b) => [
      a,
      b,
      characters.filter((each) => valuesOf(each, one).includes(a) && valuesOf(each, other).includes(b)).length,
    ]),
  )
  const empty = rows.filter((row) => row[2] === 0).length
  return [
    heading(`${one} and ${other}: ${rows.length - empty} of ${rows.length} pairs are covered`),
    table({
      id: `${one}-${other}-table`,
      columns: [one, other, 'characters'],
      rows,
      rowClass: (row) => (row[2] === 0 ? 'gap' : undefined),
    }),
  ].join('')
}

/** The characteristics of the other characters. */
export function otherCoverage(characters: readonly Fields[]): string {
  const { nonhuman, others } = coverageOf(characters)
  if (!nonhuman) return note('There is no other character with this data.')
  const own = characters.filter((each) => typeof each.dimensions === 'object' && each.dimensions !== null)
  return [
    scoreCard('pairs of substrate and size', nonhuman, [
      ['characters', others],
      ['dimensions', Object.keys(CHARACTER_DIMENSIONS).length],
    ]),
    dimensionCharts(own),
    gapTable(own, 'substrate', 'size'),
    gapTable(own, 'origin', 'form'),
  ].join('')
}

function seen({ characters, sessions }: Results, side: 'pc' | 'npc'): readonly Fields[] {
  const hids = new Set(sessions.map((session) => session[side]))
  return characters.filter(({ hid }) => hids.has(String(hid)))
}

export const pcCoverage: Section = {
  title: 'Coverage of characters that were played',
  group: 'Player',
  content: ({ results }) => humanCoverage(seen(results, 'pc')),
}

export const npcCoverage: Section = {
  title: 'Coverage of characters that were met',
  group: 'System',
  content: ({ results }) => otherCoverage(seen(results, 'npc')),
}
