// The log in pages: a page is fetched when one of its rows becomes visible, and the furthest ones are evicted, so that
// scrolling through a million rows keeps a few thousand in memory. Cursors are kept, so a page can be read again.
import type { CommandLogRow, CommandPage } from '../../../../src/protocol/command-log.ts'

/** Rows per page. */
export const PAGE_ROWS = 200
/** Maximum number of pages in memory. */
export const MAX_HELD_PAGES = 12

/** Reads one page; without a cursor the newest. */
export type ReadPage = (cursor: string | undefined) => Promise<CommandPage>

export interface LogView {
  /** Number of known rows, plus one while there are older ones. */
  readonly count: number
  /** Whether the last row is known. */
  readonly isWhole: boolean
  /** Why a page could not be read. */
  readonly error: unknown
}

export class LogPages {
  readonly #read: ReadPage
  readonly #onChange: () => void
  /** The cursor of each known page. */
  readonly #cursors: (string | undefined)[] = [undefined]
  readonly #held = new Map<number, readonly CommandLogRow[]>()
  readonly #asked = new Set<number>()
  #view: LogView = { count: 1, isWhole: false, error: undefined }
  readonly #failed = new Set<number>()

  constructor(read: ReadPage, onChange: () => void) {
    this.#read = read
    this.#onChange = onChange
  }

  get view(): LogView {
    return this.#view
  }

  get heldPages(): number {
    return this.#held.size
  }

  /** The row at an index, newest first; undefined: not read yet, or evicted. */
  at(index: number): CommandLogRow | undefined {
    return this.#held.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS]
  }

  /** The index of a row among the pages in memory; -1: none. */
  indexOf(id: number): number {
    for (const [page, rows] of this.#held) {
      const found = rows.findIndex((row) => row.id === id)
      if (found >= 0) return page * PAGE_ROWS + found
    }
    return -1
  }

  /** Reports that a row is visible: its page is fetched unless it is in memory. */
  want(index: number): void {
    void this.#load(Math.floor(index / PAGE_ROWS))
  }

  /** Retries failed reads. */
  retry(): void {
    this.#change({ error: undefined })
    for (const page of this.#failed) void this.#load(page)
    this.#failed.clear()
  }

  async #load(page: number): Promise<void> {
    if (this.#held.has(page) || this.#asked.has(page) || page >= this.#cursors.length) return
    this.#asked.add(page)
    try {
      this.#take(page, await this.#read(this.#cursors[page]))
    } catch (error) {
      this.#failed.add(page)
      this.#change({ error })
    } finally {
      this.#asked.delete(page)
    }
  }

  #take(page: number, { entries, next_cursor }: CommandPage): void {
    this.#held.set(page, entries)
    this.#letGo(page)
    const isLast = page === this.#cursors.length - 1
    if (!isLast || this.#view.isWhole) {
      this.#change({ error: undefined })
      return
    }
    const known = page * PAGE_ROWS + entries.length
    if (next_cursor !== null) this.#cursors.push(next_cursor)
    this.#change({ count: next_cursor === null ? known : known + 1, isWhole: next_cursor === null, error: undefined })
  }

  #letGo(around: number): void {
    if (this.#held.size <= MAX_HELD_PAGES) return
    const [furthest] = [...this.#held.keys()].toSorted((a, b) => Math.abs(b - around) - Math.abs(a - around))
    if (furthest !== undefined) this.#held.delete(furthest)
  }

  #change(change: Partial<LogView>): void {
    this.#view = { ...this.#view, ...change }
    this.#onChange()
  }
}
