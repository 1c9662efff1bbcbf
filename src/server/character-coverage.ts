// Which assumptions the human characters diverge from, and which values the others combine, for the page of the coverage.
import type { Character } from '../protocol/character.ts'
import type { CharacterCoverage, CoveragePairs } from '../protocol/character-coverage.ts'
import { coverageOf } from '../reports/coverage.ts'

const labelOf = ({ hid, common_labels: [label] }: Character): string =>
  label === undefined ? hid : `${hid} (${label})`

export function describeCoverage(characters: readonly Character[]): CharacterCoverage {
  const figures = coverageOf(characters)
  const humans = characters.filter(({ hsn_divergence: verdicts }) => sizeOf(verdicts) > 0)
  const others = characters.filter(({ dimensions }) => dimensions !== null)
  return {
    characters: characters.length,
    human: figures.human,
    nonhuman: figures.nonhuman,
    assumptions: assumptionsOf(humans),
    humans: humans
      .map((each) => ({ hid: each.hid, label: labelOf(each), divergent: divergentOf(each) }))
      .toSorted((a, b) => a.divergent.length - b.divergent.length || (a.hid < b.hid ? -1 : 1)),
    others: others.map((each) => ({ hid: each.hid, label: labelOf(each) })),
    dimensions: dimensionsOf(others),
    pairs: [pairsOf(others, 'substrate', 'size'), pairsOf(others, 'origin', 'form')],
  }
}

const sizeOf = (verdicts: Character['hsn_divergence']): number =>
  Object.values(verdicts ?? {}).reduce((sum, section) => sum + Object.keys(section).length, 0)

const divergentOf = ({ hsn_divergence: verdicts }: Character): string[] =>
  Object.entries(verdicts ?? {}).flatMap(([section, assumptions]) =>
    Object.entries(assumptions)
      .filter(([, { value }]) => value === 'divergent')
      .map(([name]) => `${section}.${name}`),
  )

/** Those that occur, by section and name. */
function assumptionsOf(humans: readonly Character[]): CharacterCoverage['assumptions'] {
  const found = new Map<string, { section: string; name: string; divergent: number }>()
  for (const { hsn_divergence: verdicts } of humans) {
    for (const [section, assumptions] of Object.entries(verdicts ?? {})) {
      for (const [name, { value }] of Object.entries(assumptions)) {
        const id = `${section}.${name}`
        const row = found.get(id) ?? { section, name, divergent: 0 }
        if (value === 'divergent') row.divergent++
        found.set(id, row)
      }
    }
  }
  return [...found]
    .map(([id, row]) => ({ id, ...row }))
    .toSorted((a, b) => (a.section === b.section ? (a.name < b.name ? -1 : 1) : a.section < b.section ? -1 : 1))
}

const valuesOf = ({ dimensions }: Character, dimension: string): readonly string[] =>
  dimensions?.[dimension]?.value ?? []

/** Each once, by the alphabet. */
const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1))

function dimensionsOf(others: readonly Character[]): CharacterCoverage['dimensions'] {
  const names = distinct(others.flatMap(({ dimensions }) => Object.keys(dimensions ?? {})))
  return names.map((name) => ({ name, options: countsOf(others.flatMap((each) => valuesOf(each, name))) }))
}

function countsOf(values: readonly string[]): { option: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([option, count]) => ({ option, count })).toSorted((a, b) => b.count - a.count)
}

/** How many characters have both values, for all pairs of values that occur. */
function pairsOf(others: readonly Character[], one: string, other: string): CoveragePairs {
  const rows = distinct(others.flatMap((each) => valuesOf(each, one)))
  const columns = distinct(others.flatMap((each) => valuesOf(each, other)))
  const counts = rows.map((row) =>
    columns.map(
      (column) =>
        others.filter((each) => valuesOf(each, one).includes(row) && valuesOf(each, other).includes(column)).length,
    ),
  )
  return {
    one,
    other,
    rows,
    columns,
    counts,
    covered: counts.flat().filter((count) => count > 0).length,
    total: rows.length * columns.length,
  }
}
