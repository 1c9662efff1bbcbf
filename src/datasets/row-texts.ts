// Parts of a row as JSON text. JSON stored in the log is checked once and then copied. The output equals JSON.stringify
// of the logged value, without rebuilding the value for every row.
import { AppError } from '../kernel/errors.ts'
import type { StoredRow } from '../store/log-rows.ts'

/** A stored JSON object that has been checked. */
interface CheckedJson {
  /** As it was stored. */
  readonly stored: string
  /** The text on one line. */
  readonly text: string
  /** The text as a JSON string. */
  readonly quoted: string
}

/** Maximum size of the cache of perceptions, in characters: they repeat, so most rows need no second check. */
const MAX_KEPT = 2 * 1024 * 1024
const DAY_MS = 86_400_000
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** One per export: caches what rows have in common. */
export class RowTexts {
  readonly #known = new Map<string, CheckedJson>()
  #kept = 0
  #last: CheckedJson | undefined
  #day = { start: Number.NaN, text: '' }

  /**
   * The agent's perception; undefined if the log has none, or an empty one (`{}`).
   * @throws AppError STORE_CORRUPT with the number of the row
   */
  perception({ id, perception }: StoredRow): CheckedJson | undefined {
    if (perception === null || perception === '{}') return undefined
    if (this.#last?.stored === perception) return this.#last
    this.#last = this.#known.get(perception) ?? this.#look(perception, id)
    return this.#last
  }

  #look(stored: string, row: number): CheckedJson {
    const text = checkObject(stored, row, 'perception')
    const checked = { stored, text, quoted: JSON.stringify(text) }
    this.#known.set(stored, checked)
    this.#kept += sizeOf(checked)
    if (this.#kept > MAX_KEPT) {
      // All at once: evicting entries one by one costs more than checking some of them again.
      this.#known.clear()
      this.#kept = 0
    }
    return checked
  }

  /** @throws AppError STORE_CORRUPT with the number of the row */
  params({ id, params }: StoredRow): string {
    return params === '{}' ? params : checkObject(params, id, 'params')
  }

  /** ISO 8601 in UTC, without quotes. Rows of one day share most of the text. */
  instant(ms: number): string {
    let rest = ms - this.#day.start
    if (!(rest >= 0 && rest < DAY_MS)) {
      const start = Math.floor(ms / DAY_MS) * DAY_MS
      this.#day = { start, text: new Date(start).toISOString().slice(0, -13) }
      rest = ms - start
    }
    const seconds = Math.floor(rest / 1000)
    const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    const fraction = String(rest % 1000).padStart(3, '0')
    return `${this.#day.text}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}.${fraction}Z`
  }
}

const sizeOf = ({ stored, text, quoted }: CheckedJson): number => stored.length + text.length + quoted.length

function checkObject(text: string, row: number, what: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw corrupt(row, what, cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(row, what)
  // JSON has line breaks only between its tokens; a database that other programs wrote to may contain some.
  return text.includes('\n') || text.includes('\r') ? JSON.stringify(value) : text
}

const corrupt = (row: number, what: string, cause?: unknown): AppError =>
  new AppError('STORE_CORRUPT', `${what} of command ${row} in the log is not a JSON object`, {
    details: { row, column: what },
    hint: `Correct or delete row ${row} of the table commands, or leave it out with the filters.`,
    cause,
  })
