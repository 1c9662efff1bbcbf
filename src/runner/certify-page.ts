// Formats a certification as one page: a file without scripts, fonts or external addresses, for phones and both colour
// schemes.
import type { JsonValue } from '../protocol/json.ts'
import type { CheckReport } from './checks.ts'
import type { CoworldPackage } from './manifest.ts'
import type { Workspace } from './workspace.ts'

const MARKS = { passed: '✓', failed: '✗', skipped: '–' } as const

/** The part of a report that the page shows. */
interface Certification {
  readonly certified: boolean
  readonly checks: readonly CheckReport[]
  readonly package: CoworldPackage | undefined
  readonly workspace: Workspace | undefined
  readonly results: JsonValue | undefined
}

/** The page of a report. Everything that comes from a package is escaped. */
export function formatCertification(report: Certification): string {
  const game = report.package?.manifest.game
  const name = game ? `${game.name} ${game.version}` : 'a package that could not be read'
  const verdict = report.certified ? 'certified' : 'not certified'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(name)}: ${verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeText(name)}</h1>
<p class="verdict ${report.certified ? 'passed' : 'failed'}">${report.certified ? 'Certified' : 'Not certified'}</p>
${game ? `<p>${escapeText(game.description)}</p>` : ''}
<p class="counts">${countOf(report, 'passed')} passed, ${countOf(report, 'failed')} failed, ${countOf(report, 'skipped')} skipped</p>
<h2>Checks</h2>
<ol class="checks">
${report.checks.map(formatCheck).join('\n')}
</ol>
${formatSection('Results', report.results)}
${formatSection('Configuration that was played', report.package?.manifest.certification.game_config)}
${report.workspace ? `<h2>Files</h2>\n<p>${escapeText(report.workspace.folder)}</p>` : ''}
</main>
</body>
</html>
`
}

function countOf(report: Certification, outcome: CheckReport['outcome']): number {
  return report.checks.filter((check) => check.outcome === outcome).length
}

function formatCheck(check: CheckReport): string {
  const number = check.number === null ? 'beyond the contract' : `check ${check.number}`
  const hint = check.hint === undefined ? '' : `\n<p class="hint">Fix: ${escapeText(check.hint)}</p>`
  const [first = '', ...rest] = check.reason.split('\n')
  const log = rest.length === 0 ? '' : `\n<pre>${escapeText(rest.join('\n'))}</pre>`
  return `<li class="${check.outcome}">
<h3><span aria-hidden="true">${MARKS[check.outcome]}</span> ${check.id} <small>${check.outcome}, ${number}</small></h3>
<p>${escapeText(first)}</p>${log}${hint}${formatSteps(check)}
</li>`
}

function formatSteps({ steps = [], outcome }: CheckReport): string {
  if (steps.length === 0) return ''
  const rows = steps.map(
    (step) =>
      `<li class="${step.outcome}"><b>${MARKS[step.outcome]} ${step.number} ${step.id}</b> ${escapeText(firstLine(step.reason))}</li>`,
  )
  return `
<details${outcome === 'failed' ? ' open' : ''}><summary>${steps.length} steps</summary><ul>
${rows.join('\n')}
</ul></details>`
}

function firstLine(text: string): string {
  const [first = ''] = text.split('\n')
  return first
}

function formatSection(title: string, value: JsonValue | undefined): string {
  return value === undefined ? '' : `<h2>${title}</h2>\n<pre>${escapeText(JSON.stringify(value, undefined, 2))}</pre>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Both colour schemes keep a contrast of at least 4.5:1 between text and background. */
const STYLE = `
:root { --ground: #fbfaf7; --ink: #1d1d1b; --soft: #5c5a54; --line: #d8d5cc; --good: #1c6b38; --bad: #a8261c }
@media (prefers-color-scheme: dark) {
  :root { --ground: #171715; --ink: #ecebe6; --soft: #a9a69c; --line: #3a3934; --good: #7fd39a; --bad: #ff9d92 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 0 }
small, .counts, .hint, summary { color: var(--soft) }
small { font-weight: 400 }
.verdict { font-size: 1.15rem; font-weight: 600; margin: 0 }
.verdict.passed, li.passed > h3 > span, li.passed > b { color: var(--good) }
.verdict.failed, li.failed > h3, li.failed > b { color: var(--bad) }
.checks { list-style: none; margin: 0; padding: 0 }
.checks > li { border-top: 1px solid var(--line); padding: .75rem 0 }
.checks p { margin: .25rem 0 0 }
details ul { list-style: none; padding: 0; margin: .5rem 0 0; font-size: .9rem }
summary { cursor: pointer; padding: .5rem 0 }
pre { margin: .5rem 0 0; padding: .75rem; border: 1px solid var(--line); overflow: auto; font-size: .85rem; white-space: pre-wrap }
`
