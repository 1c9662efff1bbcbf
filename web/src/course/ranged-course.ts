// A course too long to be read at once: it reads a range of the journal around each step that is shown, and caches it.
// Scores come from the server, which reads them from saved states.
import type { JsonObject } from 'paracosm/protocol'
import { AppError } from '../../../src/kernel/errors.ts'
import type { World } from '../../../src/kernel/world.ts'
import type { ViewFrame } from '../../../src/protocol/live.ts'
import { limitOf } from './limit.ts'
import { type ReadLines, readLines } from './read-lines.ts'
import { markersOfLines, spansOf } from './scan.ts'
import { Segment } from './segment.ts'
import type { CommandRow, Course, CourseInfo, Series, Verdict } from './types.ts'
import { verifyLines } from './verify.ts'
import { commandsOf, type ResolveWorld } from './whole-course.ts'

/** The source of the lines. */
export interface RangeSource {
  /** The number of steps known now. */
  steps(): Promise<number>
  range(from: number, to: number): Promise<{ readonly lines: readonly string[] }>
  series(): Promise<Series>
  /** The whole journal, in batches. */
  all(): AsyncIterable<readonly string[]>
  /** A frame as folded by the server, for worlds whose code is not in the browser. */
  frame(step: number): Promise<ViewFrame>
}

/** Steps per range: the number between two saved states. */
const SPAN = 1000
/** Maximum number of cached ranges: scrubbing goes back and forth. */
const KEPT = 12

interface Range {
  readonly from: number
  readonly to: number
  readonly texts: readonly string[]
  readonly read: ReadLines
  readonly segment: Segment | undefined
}

export class RangedCourse implements Course {
  readonly #source: RangeSource
  readonly #resolve: ResolveWorld
  readonly #ranges = new Map<number, Promise<Range>>()
  #world: World | undefined

  constructor(source: RangeSource, resolve: ResolveWorld) {
    this.#source = source
    this.#resolve = resolve
  }

  async open(): Promise<CourseInfo> {
    this.#ranges.clear()
    const steps = await this.#source.steps()
    const [{ lines: first }, { lines: end }] = await Promise.all([
      this.#source.range(0, 0),
      this.#source.range(steps, steps + 1),
    ])
    const { header } = readLines(first)
    const last = readLines(end)
    const problem = await this.#find(header.world)
    return {
      header,
      steps,
      limit: limitOf(header.config),
      results: last.outcome?.results,
      outcome: last.outcome?.outcome,
      failure: last.failure?.failure,
      hash: last.hash,
      series: { steps: [], scores: header.slots.map(() => []) },
      markers: markersOfLines(last.steps),
      spans: spansOf(header.slots, last.steps),
      isWhole: false,
      problem,
    }
  }

  /** Scores over time: they arrive later than the rest, because the server reads many states for them. */
  series(): Promise<Series> {
    return this.#source.series()
  }

  async #find(recorded: ReadLines['header']['world']): Promise<CourseInfo['problem']> {
    try {
      this.#world = await this.#resolve(recorded)
      return undefined
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // An external world: the server has its code, and folds for this page.
      return error.code === 'UNKNOWN_WORLD' ? undefined : { code: error.code, message: error.message }
    }
  }

  #range(step: number): Promise<Range> {
    const from = Math.floor(step / SPAN) * SPAN
    const known = this.#ranges.get(from)
    if (known) return known
    const loading = this.#load(from)
    this.#ranges.set(from, loading)
    loading.catch(() => this.#ranges.delete(from))
    const [oldest] = this.#ranges.keys()
    if (this.#ranges.size > KEPT && oldest !== undefined) this.#ranges.delete(oldest)
    return loading
  }

  async #load(from: number): Promise<Range> {
    const { lines: texts } = await this.#source.range(from, from + SPAN)
    const read = readLines(texts)
    const world = this.#world
    const parts = { header: read.header, lines: read.steps }
    const segment = world
      ? new Segment(
          { ...parts, world },
          read.saved.find(({ step }) => step <= from),
        )
      : undefined
    return { from, to: from + SPAN, texts, read, segment }
  }

  async moment(step: number, perspective: number | null): Promise<ViewFrame> {
    if (!this.#world) return this.#source.frame(step)
    const { segment } = await this.#range(Math.max(0, step - 1))
    if (!segment) return this.#source.frame(step)
    return segment.frame(step, perspective)
  }

  async commands(from: number, to: number): Promise<readonly CommandRow[]> {
    const ranges = await this.#between(from, to)
    return ranges.flatMap(({ read }) => commandsOf(read.steps, from, to)).filter(isFirst)
  }

  async lines(from: number, to: number): Promise<readonly string[]> {
    const ranges = await this.#between(from, to)
    const texts = ranges.flatMap((range) => range.texts)
    return [...new Set(texts)].filter((text) => {
      const step = Number(/^\{"step":(\d+)/.exec(text)?.[1] ?? '-1')
      return step >= from && step <= to
    })
  }

  async #between(from: number, to: number): Promise<readonly Range[]> {
    const ranges: Range[] = []
    for (let at = Math.floor(from / SPAN) * SPAN; at <= to; at += SPAN) ranges.push(await this.#range(at))
    return ranges
  }

  async inspect(id: number, step: number): Promise<JsonObject | undefined> {
    const { segment } = await this.#range(Math.max(0, step - 1))
    return segment?.world.headless?.inspect?.(segment.at(step).fold.state, id)
  }

  async verify(onProgress: (step: number) => void): Promise<Verdict> {
    if (this.#world) return verifyLines(this.#source.all(), this.#world, onProgress)
    return {
      kind: 'impossible',
      code: 'UNKNOWN_WORLD',
      message: "the code of this world is not in the browser; check it with 'paracosm replay verify'",
    }
  }

  close(): void {
    this.#ranges.clear()
  }
}

/** Ranges overlap if a saved state is before the start of a range. */
function isFirst(row: CommandRow, index: number, rows: readonly CommandRow[]): boolean {
  const before = rows[index - 1]
  return !before || before.step !== row.step || before.slot !== row.slot || before.command !== row.command
}
