// Tables for terminals. Columns are as wide as their text; on a narrow terminal the widest shrink and their text wraps.
import stringWidth from 'string-width'
import { at } from '../kernel/at.ts'
import type { Io } from './io.ts'
import { wrapCell } from './wrap-cell.ts'

const GAP = '  '
/** Columns that a shrunk column keeps. */
const LEAST = 8

type Row = readonly string[]

/** Prints a table to standard output: as wide as the terminal at most, and unlimited into a pipe or file. */
export function printTable(io: Io, heading: Row, rows: readonly Row[]): void {
  const [title = '', ...lines] = formatRows(heading, rows, io.columns)
  io.out(io.style.heading(title))
  for (const line of lines) io.out(line)
}

/**
 * The lines of a table, its heading first.
 * @param columns width of the terminal; undefined: unlimited
 */
export function formatRows(heading: Row, rows: readonly Row[], columns?: number): string[] {
  const natural = heading.map((title, column) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(at(row, column)))),
  )
  const widths = columns === undefined ? natural : shrink(natural, columns)
  return [heading, ...rows].flatMap((row) => formatRow(row, widths))
}

/** Takes columns from the widest until the table fits, or until every column is at its least. */
function shrink(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural]
  const gaps = GAP.length * (widths.length - 1)
  for (;;) {
    const excess = widths.reduce((sum, width) => sum + width, gaps) - columns
    const widest = Math.max(...widths)
    if (excess <= 0 || widest <= LEAST) return widths
    const next = Math.max(LEAST, ...widths.filter((width) => width < widest))
    const column = widths.indexOf(widest)
    const share = widths.filter((width) => width === widest).length
    widths[column] = Math.max(next, widest - Math.ceil(excess / share))
    if (widths[column] === widest) widths[column] = widest - 1
  }
}

function formatRow(row: Row, widths: readonly number[]): string[] {
  const cells = row.map((cell, column) => wrapCell(cell, at(widths, column)))
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, column) => pad(lines.at(line) ?? '', at(widths, column)))
      .join(GAP)
      .trimEnd(),
  )
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)))
