// The events of a report in columns of numbers: half a million of them take 20 MB. Rows become objects only on request.
import { absent, at } from '../../kernel/at.ts'

export interface EventFeedback {
  readonly liked: boolean
  readonly comment: string
  readonly doesnt_make_sense: boolean
  readonly out_of_character: boolean
  readonly other: boolean
}

/** An event without its text. */
export interface EventFacts {
  /** Position in the file, from 0. */
  readonly at: number
  /** Position among all events, sorted by session and number. */
  readonly index: number
  readonly session: string
  readonly seq: number
  readonly turn: number
  /** Milliseconds since 1970; NaN: unknown. */
  readonly time: number
  readonly direction: string
  readonly type: string
  readonly source: string
  readonly feedback: EventFeedback | undefined
}

/** Assigns numbers to repeated texts. */
class Names {
  readonly #numbers = new Map<string, number>()
  readonly texts: string[] = []
  of(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}

/** An event before it has a position. */
export type NewEvent = Omit<EventFacts, 'at' | 'index'>

/** Numbers of one row: session, seq, turn, direction, type, source. */
const WIDTH = 6
const FIRST_ROWS = 1024

export class EventTable implements Iterable<EventFacts> {
  readonly #names = new Names()
  #numbers = new Int32Array(FIRST_ROWS * WIDTH)
  #times = new Float64Array(FIRST_ROWS)
  readonly #feedback = new Map<number, EventFeedback>()
  /** Row indexes, ordered by session and number; set by `sort`. */
  #order: Uint32Array = new Uint32Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  add({ session, seq, turn, time, direction, type, source, feedback }: NewEvent): void {
    const row = this.#length++
    if (row === this.#times.length) this.#grow()
    const names = this.#names
    this.#numbers.set(
      [names.of(session), seq, turn, names.of(direction), names.of(type), names.of(source)],
      row * WIDTH,
    )
    this.#times[row] = time
    if (feedback) this.#feedback.set(row, feedback)
  }

  #grow(): void {
    const numbers = new Int32Array(this.#numbers.length * 2)
    numbers.set(this.#numbers)
    this.#numbers = numbers
    const times = new Float64Array(this.#times.length * 2)
    times.set(this.#times)
    this.#times = times
  }

  /** Sorts the rows by session and number; rows with the same number keep their order. */
  sort(): this {
    const { texts } = this.#names
    const ranks = new Int32Array(texts.length)
    const sorted = texts.map((text, index) => ({ text, index })).sort((a, b) => (a.text < b.text ? -1 : 1))
    sorted.forEach(({ index }, rank) => {
      ranks[index] = rank
    })
    const number = (row: number, column: number): number => this.#numbers[row * WIDTH + column] ?? absent()
    this.#order = Uint32Array.from({ length: this.#length }, (_, row) => row).sort(
      (a, b) => at(ranks, number(a, 0)) - at(ranks, number(b, 0)) || number(a, 1) - number(b, 1) || a - b,
    )
    return this
  }

  /** The event at a position in the sorted order; undefined if there is none. */
  at(index: number): EventFacts | undefined {
    const row = this.#order[index]
    if (row === undefined) return undefined
    const numbers = this.#numbers.subarray(row * WIDTH, (row + 1) * WIDTH)
    const text = (column: number): string => at(this.#names.texts, at(numbers, column))
    return {
      at: row,
      index,
      session: text(0),
      seq: at(numbers, 1),
      turn: at(numbers, 2),
      time: this.#times[row] ?? Number.NaN,
      direction: text(3),
      type: text(4),
      source: text(5),
      feedback: this.#feedback.get(row),
    }
  }

  *[Symbol.iterator](): Generator<EventFacts, undefined, undefined> {
    for (let index = 0; index < this.#length; index++) {
      const event = this.at(index)
      if (event) yield event
    }
  }
}
