// The results report: one HTML file that needs no network. Sections can be left out. A section that fails shows the
// reason, and the others are still shown.
import { basename, dirname, join } from 'node:path'
import { writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { downloads } from './page/downloads.ts'
import { note, scriptJson, text } from './page/html.ts'
import { type PageSection, pageParts } from './page/page.ts'
import { zipFolder } from './page/zip-folder.ts'
import { type Figures, figuresOf } from './results/figures.ts'
import { readResults, readRunFile } from './results/results.ts'
import { waitsOf } from './results/waits.ts'
import { npcCoverage, pcCoverage } from './sections/coverage.ts'
import { metadata, overview } from './sections/overview.ts'
import { formResponses, playerFeedback, playerPerformance } from './sections/players.ts'
import type { ReportData, Section } from './sections/section.ts'
import { QUALITY_FOLDER, qualityFiles, simQuality } from './sections/sim-quality.ts'
import { systemErrors, systemPerformance } from './sections/system.ts'
import { transcripts } from './sections/transcripts.ts'

const SECTIONS = {
  metadata,
  'runs-overview': overview,
  'player-performance': playerPerformance,
  'player-feedback': playerFeedback,
  'form-responses': formResponses,
  'pc-coverage': pcCoverage,
  'system-performance': systemPerformance,
  'system-errors': systemErrors,
  'sim-quality': simQuality,
  'npc-coverage': npcCoverage,
  transcripts,
} as const satisfies Readonly<Record<string, Section>>

export type ReportSection = keyof typeof SECTIONS

const isSection = (name: string): name is ReportSection => Object.hasOwn(SECTIONS, name)
/** In the order of the report. */
export const REPORT_SECTIONS: readonly ReportSection[] = Object.keys(SECTIONS).filter(isSection)
/** Sections that are included only on request. */
export const OPTIONAL_SECTIONS: readonly ReportSection[] = ['sim-quality']

interface ReportOptions {
  /** A dump. */
  readonly folder: string
  readonly path: string
  /** Default: the study's name. */
  readonly title?: string | undefined
  /** Default: all but the optional ones. */
  readonly sections?: readonly ReportSection[]
}

/** The output files. */
export interface WrittenReport {
  readonly figures: Figures
  readonly title: string
  /** Files next to the report. */
  readonly files: readonly string[]
}

/**
 * Writes the report of a results folder; the section `sim-quality` also writes one file per character.
 * @throws AppError FILE_UNREADABLE, VALIDATION_ERROR, JSON_MALFORMED for the folder; FILE_UNWRITABLE
 */
export async function writeReport(options: ReportOptions): Promise<WrittenReport> {
  using results = await readResults(options.folder)
  const waits = waitsOf(results.events)
  const data: ReportData = { results, waits, figures: figuresOf(results, waits) }
  const name = results.experiments[0]?.name
  const title = options.title ?? (typeof name === 'string' ? `Results of ${name}` : 'Results')
  const chosen = options.sections ?? REPORT_SECTIONS.filter((each) => !OPTIONAL_SECTIONS.includes(each))
  const sections: PageSection[] = []
  for (const slug of chosen) sections.push(renderSection(slug, data))
  sections.push({ slug: 'downloads', title: 'Downloads', body: await downloadsOf(options.folder) })
  const extra = `<script type="application/json" id="figures">${scriptJson(data.figures)}</script>`
  await writeFileWhole(options.path, pageParts({ title, sections, extra }))
  const files = chosen.includes('sim-quality') ? await writeQuality(data, dirname(options.path)) : []
  return { figures: data.figures, title, files }
}

function renderSection(slug: ReportSection, data: ReportData): PageSection {
  const section: Section = SECTIONS[slug]
  const { title, group } = section
  try {
    return { slug, title, group, body: section.content(data) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { slug, title, group, body: `<p class="red" role="alert">This section failed: ${text(message)}</p>` }
  }
}

async function writeQuality(data: ReportData, folder: string): Promise<string[]> {
  const files: string[] = []
  for (const { name, parts } of qualityFiles(data)) {
    if (files.length === 0) await makeFolder(join(folder, QUALITY_FOLDER))
    const path = join(folder, QUALITY_FOLDER, name)
    await writeFileWhole(path, parts)
    files.push(path)
  }
  return files
}

async function downloadsOf(folder: string): Promise<string> {
  const name = `${basename(folder)}.zip`
  const zipped = await zipFolder(folder)
  const study = await readRunFile(folder)
  const files = [
    ...(zipped ? [{ name, content: zipped }] : []),
    ...(study === undefined ? [] : [{ name: 'run_config.yml', content: study }]),
  ]
  const left = zipped ? '' : note('The data is too large to be inside the report: keep the folder beside it.')
  return downloads(files) + left
}
