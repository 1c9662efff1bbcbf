// A report as a table for terminals, as Markdown, and as CSV.
import type { Estimate, EvaluatedPolicy, EvaluationReport } from '../protocol/evaluation.ts'

const HEADING = [
  'Policy',
  'Score',
  '95 % interval',
  'SE',
  'W-D-L',
  'Bradley-Terry',
  'Plackett-Luce',
  'Episodes',
  'Failed',
  'Timeouts',
] as const

const PAIR_HEADING = ['Policy', 'Opponent', 'W-D-L', 'P(win)', '95 % interval'] as const

/** Policies, best first: by Bradley-Terry, then by score. */
export function ranked({ policies }: EvaluationReport): EvaluatedPolicy[] {
  const strength = ({ bradley_terry, score }: EvaluatedPolicy): readonly number[] => [
    bradley_terry?.value ?? Number.NEGATIVE_INFINITY,
    score?.value ?? Number.NEGATIVE_INFINITY,
  ]
  return policies.toSorted((a, b) => {
    const [one, other] = [strength(a), strength(b)]
    return compare(other[0], one[0]) || compare(other[1], one[1])
  })
}

const compare = (a = 0, b = 0): number => (a === b ? 0 : a < b ? -1 : 1)

const show = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined ? '-' : value.toFixed(digits)

const interval = (found: Estimate | null, digits: number): string =>
  found?.low == null ? '-' : `${show(found.low, digits)} to ${show(found.high, digits)}`

/** The rows of the main table, heading first. */
export function policyTable(report: EvaluationReport): { heading: readonly string[]; rows: string[][] } {
  const rows = ranked(report).map((policy) => [
    policy.role === 'opponent' ? `${policy.name} (opponent)` : policy.name,
    show(policy.score?.value, 2),
    interval(policy.score, 2),
    show(policy.score?.standard_error, 2),
    `${policy.wins}-${policy.draws}-${policy.losses}`,
    policy.bradley_terry ? `${show(policy.bradley_terry.value, 0)} (${interval(policy.bradley_terry, 0)})` : '-',
    policy.plackett_luce ? `${show(policy.plackett_luce.mu, 2)} ± ${show(1.96 * policy.plackett_luce.sigma, 2)}` : '-',
    String(policy.episodes),
    String(policy.failures),
    String(policy.timeouts),
  ])
  return { heading: HEADING, rows }
}

export function pairTable(report: EvaluationReport): { heading: readonly string[]; rows: string[][] } {
  const isTested = report.spec.until_decided !== null
  const rows = report.pairs.map((pair) => [
    pair.policy,
    pair.opponent,
    `${pair.wins}-${pair.draws}-${pair.losses}`,
    show(pair.win_probability.value, 3),
    interval(pair.win_probability, 3),
    ...(isTested ? [pair.decided ? 'yes' : 'no'] : []),
  ])
  return { heading: isTested ? [...PAIR_HEADING, 'Decided'] : PAIR_HEADING, rows }
}

/** A description of what was played, in one or two sentences. */
export function describeEvaluation(report: EvaluationReport): string {
  const { world, variants, counted, seeds, episodes_per_seed: each, design, failed, timed_out: late } = report
  const slots = {
    permutations: 'every order of slots',
    rotations: 'a balanced sample of slots',
    opponents: 'every slot against every opponent',
  }[design]
  const trouble = failed + late > 0 ? ` ${failed} failed and ${late} timed out.` : ''
  const ending = {
    complete: '',
    decided: ` Every pair was decided with ${(report.spec.until_decided ?? 0) * 100} % confidence.`,
    stopped: ' It was stopped early.',
    budget: ' The budget ran out before its end.',
  }[report.ended]
  return `${world.id} ${variants.join(', ')}: ${counted} episodes on ${seeds} seeds, ${each} per seed (${slots}).${trouble}${ending}`
}

export function toMarkdown(report: EvaluationReport): string {
  const table = ({ heading, rows }: { heading: readonly string[]; rows: readonly (readonly string[])[] }): string =>
    [heading, heading.map(() => '---'), ...rows]
      .map((row) => `| ${row.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
      .join('\n')
  const pairs = report.pairs.length > 0 ? `\n${table(pairTable(report))}\n` : ''
  const methods = Object.entries(report.methods).map(([name, text]) => `- **${name}**: ${text}`)
  return `# Evaluation ${report.id}\n\n${describeEvaluation(report)}\n\n${table(policyTable(report))}\n${pairs}\n${methods.join('\n')}\n`
}

const CSV_COLUMNS = [
  'policy',
  'role',
  'episodes',
  'score',
  'score_se',
  'score_low',
  'score_high',
  'wins',
  'draws',
  'losses',
  'bradley_terry',
  'bradley_terry_low',
  'bradley_terry_high',
  'plackett_luce_mu',
  'plackett_luce_sigma',
  'failures',
  'failed_episodes',
  'timeouts',
  'timed_out_moves',
] as const

/** One line per policy, best first. Text that spreadsheets would interpret as a formula gets a leading apostrophe. */
export function toCsv(report: EvaluationReport): string {
  const lines = ranked(report).map((policy) => {
    const cells: (string | number | null | undefined)[] = [
      policy.name,
      policy.role,
      policy.episodes,
      policy.score?.value,
      policy.score?.standard_error,
      policy.score?.low,
      policy.score?.high,
      policy.wins,
      policy.draws,
      policy.losses,
      policy.bradley_terry?.value,
      policy.bradley_terry?.low,
      policy.bradley_terry?.high,
      policy.plackett_luce?.mu,
      policy.plackett_luce?.sigma,
      policy.failures,
      policy.failed_episodes,
      policy.timeouts,
      policy.timed_out_moves,
    ]
    return cells.map(csvCell).join(',')
  })
  return `${[CSV_COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
