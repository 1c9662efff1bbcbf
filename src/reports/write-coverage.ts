// The coverage report: how much of the space of minds a set of characters covers, as one HTML file.

import { writeFileWhole } from '../lib/files.ts'
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from '../protocol/character-vocabulary.ts'
import { type CoverageFigures, coverageOf, type Fields } from './coverage.ts'
import { downloads } from './page/downloads.ts'
import { card, note } from './page/html.ts'
import { pageParts } from './page/page.ts'
import { humanCoverage, otherCoverage } from './sections/coverage.ts'

export interface CoverageOptions {
  readonly path: string
  readonly title: string
  readonly characters: readonly Fields[]
  /** Only these characters count; undefined: all. */
  readonly approved?: readonly string[] | undefined
}

/** Writes the report. With an empty list of approved characters, the report only says so. @returns its figures */
export async function writeCoverageReport(options: CoverageOptions): Promise<CoverageFigures> {
  const { path, title, approved } = options
  const characters = options.characters.filter(({ hid }) => approved === undefined || approved.includes(String(hid)))
  const figures = coverageOf(characters)
  const hids = characters.map(({ hid }) => String(hid)).toSorted((a, b) => (a < b ? -1 : 1))
  const about = card([
    ['characters', characters.length],
    ['human', figures.humans],
    ['other', figures.others],
    ['hids', hids.join(', ')],
  ])
  const isEmpty = approved !== undefined && characters.length === 0
  const sections = isEmpty
    ? [{ slug: 'metadata', title: 'Characters', body: note('No character is approved for release.') }]
    : [
        { slug: 'metadata', title: 'Characters', body: about },
        { slug: 'dimensions', title: 'Dimensions', group: 'Not human', body: otherCoverage(characters) },
        { slug: 'hsn-divergence', title: 'Divergence', group: 'Human', body: humanCoverage(characters) },
        {
          slug: 'downloads',
          title: 'Downloads',
          body: downloads([
            { name: 'dimensions.json', content: JSON.stringify(CHARACTER_DIMENSIONS, undefined, 2) },
            { name: 'assumptions.json', content: JSON.stringify(HSN_ASSUMPTIONS, undefined, 2) },
            { name: 'characters.json', content: JSON.stringify(characters, undefined, 2) },
          ]),
        },
      ]
  await writeFileWhole(path, pageParts({ title, sections }))
  return figures
}
