// The results report: one HTML file that needs no network. Sections can be excluded; one that fails shows why and does
// not affect the others.
import { at } from '../kernel/at.ts'
import { writeFileWhole } from '../lib/files.ts'
import { colourOf, coverageOf, percentText } from './coverage.ts'
import { countBy, type Figures, figuresOf, type Results, readResults, responseTimes } from './figures.ts'

export const REPORT_SECTIONS = [
  'metadata',
  'runs-overview',
  'player-feedback',
  'form-responses',
  'pc-coverage',
  'system-performance',
  'system-errors',
  'npc-coverage',
  'transcripts',
] as const
export type ReportSection = (typeof REPORT_SECTIONS)[number]

interface ReportOptions {
  /** A dump. */
  readonly folder: string
  readonly path: string
  readonly title: string
  /** Default: all. */
  readonly sections?: readonly ReportSection[]
}

/** Maximum rows of one table: more would make the file too large for a browser. */
const MAX_ROWS = 5000
const MAX_CELL = 400

const escapeHtml = (value: unknown): string =>
  String(value ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

function cell(value: unknown): string {
  const whole = String(value ?? '')
  if (whole.length <= MAX_CELL) return `<td>${escapeHtml(whole)}</td>`
  return `<td title="${escapeHtml(whole)}">${escapeHtml(whole.slice(0, MAX_CELL))}…</td>`
}

function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const head = columns.map((column) => `<th><button type="button">${escapeHtml(column)}</button></th>`).join('')
  const body = rows.slice(0, MAX_ROWS).map((row) => `<tr>${row.map(cell).join('')}</tr>`)
  const more = rows.length > MAX_ROWS ? `<p>The first ${MAX_ROWS} of ${rows.length} rows.</p>` : ''
  const search = '<input type="search" placeholder="Search" aria-label="Search the table">'
  return `${search}<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${more}`
}

/** Horizontal bars with their numbers: readable without colours and without a script. */
function bars(rows: readonly (readonly [string, number])[]): string {
  const most = Math.max(1, ...rows.map(([, count]) => count))
  return `<div class="bars">${rows
    .map(
      ([name, count]) =>
        `<span>${escapeHtml(name || '–')}</span><i style="width:${(count / most) * 100}%"></i><b>${escapeHtml(count)}</b>`,
    )
    .join('')}</div>`
}

const card = (rows: readonly (readonly [string, unknown])[]): string =>
  `<dl>${rows.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`

type Content = (results: Results, figures: Figures) => string

function overview({ sessions, assignments }: Results, figures: Figures): string {
  const funnel: [string, number][] = [
    ['assigned', figures.assigned],
    ['started', figures.started],
    ['completed', figures.completed],
  ]
  const rows = sessions.map((each) => [
    each.session_id,
    each.player_id,
    each.game_name,
    each.pc_hid,
    each.npc_hid,
    each.turns_completed,
    each.termination_reason,
    each.session_started_at,
  ])
  const days = countBy(
    sessions.map((each) => ({ day: String(each.session_started_at).slice(0, 10) })),
    'day',
  )
  return [
    '<h3>Funnel</h3>',
    bars(funnel),
    '<h3>Sessions a game</h3>',
    bars(countBy(sessions, 'game_name')),
    '<h3>Exit reasons</h3>',
    bars(countBy(sessions, 'termination_reason')),
    '<h3>Sessions a day</h3>',
    bars(days),
    '<h3>Assignments by status</h3>',
    bars(countBy(assignments, 'status')),
    '<h3>Sessions</h3>',
    table(['session', 'player', 'game', 'pc', 'npc', 'turns', 'ended', 'started'], rows),
  ].join('')
}

function formRows({ assignments, forms }: Results): unknown[][] {
  const rows: unknown[][] = []
  const add = (player: unknown, game: unknown, given: unknown): void => {
    if (typeof given !== 'object' || given === null) return
    for (const [name, form] of Object.entries(given)) {
      for (const each of Object.values<Record<string, unknown>>(form?.answers ?? {})) {
        rows.push([player, game, name, form.submitted_at, each.key, each.prompt, each.answer_type, each.answer])
      }
    }
  }
  for (const each of forms) add(each.player_id, '', each.data)
  for (const each of assignments) add(each.player_id, each.game_name, each.form_responses)
  return rows
}

function seen({ characters, sessions }: Results, key: 'pc_hid' | 'npc_hid') {
  const hids = new Set(sessions.map((session) => String(session[key])))
  return characters.filter(({ hid }) => hids.has(String(hid)))
}

function performance({ events }: Results): string {
  const waits = responseTimes(events)
  if (waits.length === 0) return '<p>No response times.</p>'
  const reached = (share: number): number => at(waits, Math.min(waits.length - 1, Math.floor(waits.length * share)))
  return card([
    ['answers', waits.length],
    ['median', `${reached(0.5)} ms`],
    ['p90', `${reached(0.9)} ms`],
    ['p99', `${reached(0.99)} ms`],
  ])
}

const SECTIONS: Readonly<Record<ReportSection, { readonly title: string; readonly content: Content }>> = {
  metadata: {
    title: 'Study',
    content: ({ experiments }, figures) =>
      card([
        ['experiment', experiments[0]?.name],
        ['description', experiments[0]?.description],
        ['players', figures.players],
        ['games', figures.games],
        ['completed', `${figures.completed} of ${figures.assigned}`],
      ]),
  },
  'runs-overview': { title: 'Overview', content: overview },
  'player-feedback': {
    title: 'Feedback',
    content: (_, { feedback, thumbs_up, thumbs_down }) =>
      card([
        ['given', feedback],
        ['thumbs up', thumbs_up],
        ['thumbs down', thumbs_down],
      ]),
  },
  'form-responses': {
    title: 'Answers',
    content: (results) =>
      table(['player', 'game', 'form', 'when', 'key', 'prompt', 'type', 'answer'], formRows(results)),
  },
  'pc-coverage': {
    title: 'Coverage of characters that were played',
    content: (results) => {
      const { human, divergent } = coverageOf(seen(results, 'pc_hid'))
      if (!human) return '<p>No human character was played.</p>'
      const score = `<p class="${colourOf(human)}">${human.covered} of ${human.total} assumptions (${percentText(human)})</p>`
      return score + bars(Object.entries(divergent))
    },
  },
  'system-performance': { title: 'Response times', content: performance },
  'system-errors': {
    title: 'Errors',
    content: ({ events }, figures) =>
      card([
        ['error events', figures.error_events],
        ['sessions without retries left', figures.retries_exhausted],
      ]) +
      table(
        ['session', 'time', 'message'],
        events
          .filter(({ event_type }) => event_type === 'error')
          .map((each) => [each.session_id, each.event_ts, each.content]),
      ),
  },
  'npc-coverage': {
    title: 'Coverage of characters that were met',
    content: (results) => {
      const { nonhuman, pairs } = coverageOf(seen(results, 'npc_hid'))
      if (!nonhuman) return '<p>No character with dimensions was met.</p>'
      const score = `<p class="${colourOf(nonhuman)}">${percentText(nonhuman)} of substrate and size</p>`
      return score + bars(Object.entries(pairs).map(([name, { covered }]) => [name, covered] as const))
    },
  },
  transcripts: {
    title: 'Transcripts',
    content: ({ events }) =>
      table(
        ['session', 'seq', 'turn', 'source', 'type', 'content', 'time'],
        events.map((each) => [
          each.session_id,
          each.seq,
          each.turn_index,
          each.event_source,
          each.event_type,
          each.content,
          each.event_ts,
        ]),
      ),
  },
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:14rem 1fr;color:#1b1b1f;background:#fbfbfd}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;border-right:1px solid #ddd}nav a{display:block;color:inherit}
main{padding:1.5rem;min-width:0}section{margin-bottom:3rem;overflow-x:auto}table{border-collapse:collapse;font-size:.875rem}
th,td{border-bottom:1px solid #ddd;padding:.25rem .5rem;text-align:left;vertical-align:top}th button{font:inherit;border:0;background:none;cursor:pointer}
dl{display:flex;flex-wrap:wrap;gap:1rem}dt{color:#666}dd{margin:0;font-size:1.25rem}.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.25rem .75rem;max-width:48rem}
.bars i{background:#4f5bd5;border-radius:2px;min-width:2px}.green{color:#18794e}.orange{color:#ad5700}.red{color:#cd2b31}
@media(max-width:48rem){body{display:block}nav{position:static;height:auto;border:0}}`

const SCRIPT = `for(const t of document.querySelectorAll('table')){const b=t.tBodies[0];
t.previousElementSibling.addEventListener('input',e=>{const q=e.target.value.toLowerCase();for(const r of b.rows)r.hidden=!r.textContent.toLowerCase().includes(q)});
t.tHead.querySelectorAll('button').forEach((h,i)=>h.addEventListener('click',()=>{const d=h.dataset.d=h.dataset.d==='1'?'-1':'1';
[...b.rows].sort((x,y)=>d*x.cells[i].textContent.localeCompare(y.cells[i].textContent,undefined,{numeric:true})).forEach(r=>b.append(r))}))}`

/** Writes the report of a results folder. @returns its figures */
export async function writeReport(options: ReportOptions): Promise<{ readonly figures: Figures }> {
  const results = await readResults(options.folder)
  const figures = figuresOf(results)
  const chosen = options.sections ?? REPORT_SECTIONS
  const parts = chosen.map((slug) => {
    const { title, content } = SECTIONS[slug]
    let body: string
    try {
      body = content(results, figures)
    } catch (error) {
      body = `<p class="red">This section failed: ${escapeHtml(error instanceof Error ? error.message : error)}</p>`
    }
    return `<section id="${slug}"><h2>${escapeHtml(title)}</h2>${body}</section>`
  })
  const links = chosen.map((slug) => `<a href="#${slug}">${escapeHtml(SECTIONS[slug].title)}</a>`).join('')
  const data = JSON.stringify(figures).replaceAll('<', '\\u003c')
  await writeFileWhole(
    options.path,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(options.title)}</title><style>${STYLE}</style></head><body><nav>${links}</nav><main><h1>${escapeHtml(options.title)}</h1>${parts.join('')}</main><script type="application/json" id="figures">${data}</script><script>${SCRIPT}</script></body></html>\n`,
  )
  return { figures }
}
