// Tables of a report, which can be searched, filtered by column, sorted and paged in the browser. Long tables are
// compressed, and their first page is readable without a script.
import { gzipSync } from 'node:zlib'
import { textOf } from '../results/values.ts'
import { note, text } from './html.ts'

/** Rows per page in the browser. */
const PAGE = 200
/** Maximum rows of one table: more would make the file too large for a browser. */
export const MAX_ROWS = 20_000
/** Maximum characters shown in a cell; the title has the full text. */
const MAX_CELL = 300

export interface TableOptions {
  readonly id?: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  /** The total number of rows, if `rows` contains only the first ones. */
  readonly total?: number
  /** Class of a row: `warning`, `error` or `gap`. */
  readonly rowClass?: (row: readonly unknown[]) => string | undefined
}

function cell(value: unknown): string {
  const whole = textOf(value)
  if (whole.length <= MAX_CELL) return `<td>${text(whole)}</td>`
  return `<td title="${text(whole)}">${text(whole.slice(0, MAX_CELL))}…</td>`
}

export function table({ id, columns, rows, total = rows.length, rowClass }: TableOptions): string {
  if (rows.length === 0) return note('Nothing to show.')
  const kept = rows.slice(0, MAX_ROWS)
  const head = columns.map((column) => `<th scope="col"><button type="button">${text(column)}</button></th>`).join('')
  const filters = columns
    .map((column) => `<td><input class="filter" aria-label="Only rows whose ${text(column)} contains"></td>`)
    .join('')
  const body = kept.slice(0, PAGE).map((row) => {
    const name = rowClass?.(row)
    return `<tr${name === undefined ? '' : ` class="${name}"`}>${row.map(cell).join('')}</tr>`
  })
  const isLong = kept.length > PAGE
  const data = isLong
    ? `<script type="text/plain">${gzipSync(JSON.stringify(kept.map((row) => row.map(textOf)))).toString('base64')}</script>`
    : ''
  const more = total > kept.length ? note(`The first ${kept.length} of ${total} rows; the data has all of them.`) : ''
  const tools = `<div class="tools"><input type="search" class="search" placeholder="Search" aria-label="Search the table"> <button type="button" class="csv">CSV</button> <span class="count" role="status">${kept.length} rows</span> <button type="button" class="back" hidden>Back</button> <button type="button" class="next"${isLong ? '' : ' hidden'}>Next</button></div>`
  return `<div class="table"${id === undefined ? '' : ` data-name="${text(id)}"`}>${tools}<div class="scroll"><table${id === undefined ? '' : ` id="${text(id)}"`}><thead><tr>${head}</tr><tr class="filters">${filters}</tr></thead><tbody>${body.join('')}</tbody></table></div>${data}</div>${more}`
}
