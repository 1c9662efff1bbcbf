// Reads the table of scores from a results report, ours or the original's.
import { AppError } from '../../kernel/errors.ts'

/** A report's scores for one character; shares from 0 to 1. */
export interface ReportedScores {
  readonly hid: string
  readonly icf: number
  readonly nco: number
  readonly scenario_coverage: number
}

const TABLE = /<table\b[^>]*\bid\s*=\s*["']?sim-quality-per-npc-table["']?[^>]*>([\s\S]*?)<\/table>/i
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }
const REQUIRED = ['hid', 'turns', 'icf', 'nco'] as const

const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .trim()

const cellsOf = (row: string): string[] =>
  [...row.matchAll(/<t[hd]\b[^>]*>([\s\S]*?)<\/t[hd]>/gi)].map(([, cell = '']) => plain(cell))

/** `96.0%` is 0.96, and a dash is 0. @throws AppError VALIDATION_ERROR */
function shareOf(cell: string, what: string): number {
  if (/^[-–—]?$/.test(cell)) return 0
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(cell) ?? []
  const share = Number(digits) / 100
  if (share >= 0 && share <= 1) return share
  throw new AppError('VALIDATION_ERROR', `${what} is ${JSON.stringify(cell)}, not a percentage from 0% to 100%`)
}

/**
 * @param html a report that includes the section `sim-quality`
 * @throws AppError VALIDATION_ERROR if the table, a column or a row is missing
 */
export function readQualityTable(html: string): ReportedScores[] {
  const [, table] = TABLE.exec(html) ?? []
  if (table === undefined) {
    throw new AppError('VALIDATION_ERROR', 'the report has no table of simulation quality', {
      hint: 'Write it with: paracosm experiment report DUMP --include sim-quality',
    })
  }
  const rows = [...table.matchAll(/<tr\b[^>]*>([\s\S]*?)<\/tr>/gi)].map(([, row = '']) => ({
    row,
    cells: cellsOf(row),
  }))
  const head = rows.find(({ cells }) => cells.some((cell) => cell !== ''))
  const names = head?.cells.map((cell) => cell.toLowerCase()) ?? []
  const missing = REQUIRED.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new AppError('VALIDATION_ERROR', `the table of simulation quality has no column ${missing.join(', ')}`)
  const found = rows
    .filter(({ row, cells }) => row !== head?.row && /<td\b/i.test(row) && cells.some((cell) => cell !== ''))
    .map(({ cells }) => scoresOf(names, cells))
  if (found.length === 0) throw new AppError('VALIDATION_ERROR', 'the table of simulation quality has no rows')
  return found
}

function scoresOf(names: readonly string[], cells: readonly string[]): ReportedScores {
  const cell = (name: string): string => cells.find((_, index) => names[index] === name) ?? ''
  const hid = cell('hid')
  if (hid === '') throw new AppError('VALIDATION_ERROR', 'a row of the table of simulation quality has no HID')
  return {
    hid,
    icf: shareOf(cell('icf'), `ICF of ${hid}`),
    nco: shareOf(cell('nco'), `NCo of ${hid}`),
    scenario_coverage: shareOf(cell('scenario coverage'), `scenario coverage of ${hid}`),
  }
}
