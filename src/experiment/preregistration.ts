// A pre-registration of a study, in Markdown, derived entirely from the study file and the program's version.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { maximumOf } from './strategy/random-unique.ts'
import { runMaximumOf } from './strategy/run-strategies.ts'
import type { Study } from './study.ts'

interface Planned {
  readonly study: Study
  /** The file as its author wrote it. */
  readonly source: string
  readonly file: string
  /** The version of the program. */
  readonly version: string
  readonly worlds: readonly { readonly id: string; readonly version: string }[]
  readonly now: Date
}

/** A cell of a table: one line, with bars escaped. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

/** Text of the author in a fence longer than any fence inside it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text.trimEnd()}\n${fence}`
}

export function preregistration({ study, source, file, version, worlds, now }: Planned): string {
  const { settings } = study
  const name = basename(file)
  const facts: [string, string][] = [
    ['Study', study.name],
    ['File', name],
    ['SHA-256 of the file', createHash('sha256').update(source).digest('hex')],
    ['Program', `paracosm ${version}`],
    ['Worlds', worlds.map((world) => `${world.id} ${world.version}`).join(', ')],
    ['Written', now.toISOString()],
  ]
  const plan = settings.analysis_plan
  return [
    `# Pre-registration: ${settings.title ?? study.name}`,
    table(['', ''], facts),
    `Check the file against this document: \`sha256sum ${name}\`.`,
    '## Question',
    study.description === '' ? 'The file has no description.' : study.description,
    '## Assignment',
    table(['', ''], assignmentFacts(study)),
    '## Consent',
    consentOf(study),
    '## Measures',
    measuresOf(study),
    'Sessions are recorded turn by turn with times; `paracosm experiment export` writes them as tables with a codebook.',
    '## Analysis plan',
    plan === null ? 'The file has no analysis plan.' : fenced(plan),
    '## The study file',
    fenced(source),
    '',
  ].join('\n\n')
}

function assignmentFacts(study: Study): [string, string][] {
  const { reservation, completing_reasons: reasons } = study.settings
  const maximum = study.generation === 'run' ? runMaximumOf({ study }) : maximumOf({ study })
  return [
    ['Strategy', study.strategy],
    ['Seed', String(study.seed ?? study.name)],
    ['Games', study.games.map(({ name }) => name).join(', ')],
    ['Players for each game', study.quota === null ? 'no quota' : String(study.quota)],
    ['Conversations of a participant', `at most ${maximum}`],
    ['Choice', study.isChosen || study.allowsChoice ? 'participants choose' : 'assigned'],
    ['Places', reservation === null ? 'not held' : `held for ${reservation.minutes} minutes`],
    ['Further reasons that complete a conversation', reasons.length === 0 ? 'none' : reasons.join(', ')],
  ]
}

function consentOf({ settings: { consent } }: Study): string {
  if (consent === null) return 'The study asks for no consent.'
  const hash = createHash('sha256').update(consent.text).digest('hex')
  return `Version ${consent.version}, SHA-256 of the text ${hash}.`
}

function measuresOf({ forms }: Study): string {
  const rows = forms.flatMap(({ name, phase, questions }) =>
    questions
      .filter(({ answer_type }) => answer_type !== null)
      .map((each) => [
        name,
        phase.kind === 'experiment' ? phase.when : phase.event,
        each.key,
        each.prompt,
        each.answer_type ?? '',
        each.options === null ? '' : each.options.map(String).join(', '),
        each.required ? 'yes' : 'no',
      ]),
  )
  if (rows.length === 0) return 'The study has no forms.'
  return table(['Form', 'When', 'Key', 'Question', 'Type', 'Options', 'Required'], rows)
}
