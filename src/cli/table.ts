// Plain tables for terminals.
import { at } from '../kernel/at.ts'

/** Lines of a table with a heading; columns as wide as they need to be. */
export function formatRows(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => at(row, column).length)))
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(at(widths, column)))
      .join('  ')
      .trimEnd()
  return [format(heading), ...rows.map(format)]
}
