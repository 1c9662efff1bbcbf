// The headless report for people.
import type { HeadlessError, HeadlessReport } from '../protocol/headless.ts'
import type { JsonValue } from '../protocol/json.ts'
import { formatRows } from './table.ts'

/** The report of a command line that started no run. */
export function failedReport(error: HeadlessError): HeadlessReport {
  return { ok: false, error, source: null, steps: [], summary: null }
}

/** A short report: the run, its result, and its state. */
export function formatReport(report: HeadlessReport): string[] {
  const lines: string[] = []
  const { source, summary } = report
  if (source) lines.push(source.kind === 'scenario' ? `Scenario ${source.id}` : `Save ${source.path}`)
  for (const step of report.steps) {
    const failed = step.error ? `: ${step.error.code}: ${step.error.message}` : ''
    const detail = step.ok && step.type !== 'inspect_part' && step.detail ? ` ${formatValue(step.detail)}` : ''
    lines.push(`  step ${step.index} ${step.type} ${step.ok ? 'ok' : 'failed'}, tick ${step.tick}${detail}${failed}`)
  }
  if (summary) {
    for (const [key, value] of Object.entries(summary)) {
      if (key !== 'objective') lines.push(`${key.replaceAll('_', ' ')}: ${formatValue(value)}`)
    }
    lines.push(...formatObjective(summary.objective))
  }
  if (report.inspect) lines.push('inspection:', JSON.stringify(report.inspect, undefined, 2))
  return lines
}

function formatObjective(objective: JsonValue): string[] {
  if (typeof objective !== 'object' || objective === null || !('complete' in objective)) return []
  const { complete, failed, goals } = objective
  const state = complete === true ? 'complete' : failed === true ? 'failed' : 'not complete'
  const lines = [`objective: ${state}`]
  if (!Array.isArray(goals)) return lines
  for (const goal of goals) {
    lines.push(`  [${goal.met === true ? 'x' : ' '}] ${formatValue(goal.text)}: ${formatValue(goal.done)}`)
  }
  return lines
}

/** One value on one line: `x 16, y 6, z 12`. */
function formatValue(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '-'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.map(formatValue).join(', ') || '-'
  const entries = Object.entries(value)
  return entries.map(([key, each]) => `${key} ${formatValue(each)}`).join(', ') || '-'
}

/** @param columns width of the terminal; undefined: unlimited */
export function formatScenarios({ scenarios = [] }: HeadlessReport, columns: number | undefined): string[] {
  const rows = scenarios.map(({ id, size, description }) => [id, formatValue(size), description])
  return formatRows(['Scenario', 'Size', 'Description'], rows, columns)
}
