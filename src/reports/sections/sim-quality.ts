// How well characters were played: one table, and one file per character.
import { card, heading, note, text } from '../page/html.ts'
import { pageParts } from '../page/page.ts'
import { table } from '../page/table.ts'
import { CATEGORIES, type QualityScores, qualityOf } from '../results/quality.ts'
import type { ReportData, Section } from './section.ts'
import { eventTable } from './transcripts.ts'

/** The table that `paracosm experiment publish` reads. */
export const QUALITY_TABLE = 'sim-quality-per-npc-table'
/** The folder for the characters' files, next to the report. */
export const QUALITY_FOLDER = 'per_character_quality'

export const PRESSURE_CATEGORIES = [
  'direct_anti_character',
  'contradiction',
  'context_shift',
  'cognitive_load',
  'memory',
  'ambiguity',
  'boundary',
  'meta_awareness',
  'style_transfer',
  'social',
  'moral',
  'adversarial',
] as const

const shown = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)}%`)

/** A hid as part of a file name. */
export const fileNameOf = (hid: string): string => `${hid.replaceAll(/[^A-Za-z0-9_-]/g, '_')}_quality_report.html`

export const simQuality: Section = {
  title: 'Simulation quality',
  group: 'System',
  content({ results }) {
    const scores = qualityOf(results)
    if (scores.length === 0) return note('No character was met.')
    const links = scores.map(
      ({ hid }) => `<a href="${QUALITY_FOLDER}/${encodeURIComponent(fileNameOf(hid))}">${text(hid)}</a>`,
    )
    return [
      note(
        'ICF: share of turns in character; turns without feedback count as such. NCo: share of turns that make no sense, so higher is worse.',
      ),
      table({
        id: QUALITY_TABLE,
        columns: ['HID', 'Description', 'Turns', 'ICF', 'NCo', 'Other', 'Scenario Coverage'],
        rows: scores.map((each) => [
          each.hid,
          each.description,
          each.turns,
          shown(each.icf),
          shown(each.nco),
          shown(each.other),
          shown(each.coverage),
        ]),
      }),
      heading('Characters'),
      `<p>${links.join(' ')}</p>`,
    ].join('')
  },
}

function checklist(scores: QualityScores): string {
  const rows = [...new Set([...PRESSURE_CATEGORIES, ...scores.categories])].map((name) => [
    name,
    scores.categories.includes(name) ? 'covered' : 'not covered',
  ])
  return table({
    id: 'categories-table',
    columns: ['category', 'state'],
    rows,
    rowClass: (row) => (row[1] === 'covered' ? undefined : 'gap'),
  })
}

/** The file of one character: scores, the checklist of categories, feedback, transcripts. */
function qualityPage({ results }: ReportData, scores: QualityScores): string[] {
  const events = [
    ...Iterator.from(results.events).filter(({ session }) => results.session.get(session)?.npc === scores.hid),
  ]
  const rated = events.filter(({ feedback }) => feedback)
  const found = results.texts(rated)
  const flags = ['out_of_character', 'doesnt_make_sense', 'other'] as const
  const feedback = table({
    id: 'feedback-table',
    columns: ['session', 'turn', 'thumb', 'flags', 'comment', 'message'],
    rows: rated.map(({ session, turn, feedback: given, at }) => [
      session,
      turn,
      given?.liked ? 'up' : 'down',
      flags.filter((flag) => given?.[flag]).join(', '),
      given?.comment,
      found.get(at),
    ]),
  })
  return pageParts({
    title: `Quality of ${scores.hid}`,
    sections: [
      {
        slug: 'scores',
        title: 'Scores',
        body: card([
          ['character', scores.hid],
          ['description', scores.description],
          ['turns', scores.turns],
          ['ICF', shown(scores.icf)],
          ['NCo (higher is worse)', shown(scores.nco)],
          ['other', shown(scores.other)],
          ['scenario coverage', `${shown(scores.coverage)} (${scores.categories.length} of ${CATEGORIES})`],
        ]),
      },
      { slug: 'categories', title: 'Categories of pressure', body: checklist(scores) },
      { slug: 'feedback', title: 'Feedback', body: feedback },
      {
        slug: 'transcripts',
        title: 'Transcripts',
        body: eventTable(results, events, { id: 'transcripts-table', total: events.length }),
      },
    ],
  })
}

/** The files next to the report, by name. */
export function* qualityFiles(
  data: ReportData,
): Generator<{ readonly name: string; readonly parts: readonly string[] }> {
  for (const scores of qualityOf(data.results)) yield { name: fileNameOf(scores.hid), parts: qualityPage(data, scores) }
}
