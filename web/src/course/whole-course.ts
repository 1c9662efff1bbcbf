// A course with all its lines in memory: folded once for scores and markers, then to any requested step.
import type { JsonObject } from 'paracosm/protocol'
import { AppError } from '../../../src/kernel/errors.ts'
import type { World } from '../../../src/kernel/world.ts'
import type { StepLine } from '../../../src/protocol/journal.ts'
import { limitOf } from './limit.ts'
import { type ReadLines, readLines } from './read-lines.ts'
import { markersOfLines, scan, spansOf } from './scan.ts'
import { Segment } from './segment.ts'
import type { CommandRow, Course, CourseInfo, Verdict } from './types.ts'
import { verifyLines } from './verify.ts'

/** Finds the world of a journal. @throws AppError UNKNOWN_WORLD, WORLD_VERSION */
export type ResolveWorld = (recorded: { readonly id: string; readonly version: string }) => Promise<World>

export class WholeCourse implements Course {
  readonly #load: () => Promise<readonly string[]>
  readonly #resolve: ResolveWorld
  #texts: readonly string[] = []
  #segment: Segment | undefined
  #steps: readonly StepLine[] = []

  /** @param load reads all current lines */
  constructor(load: () => Promise<readonly string[]>, resolve: ResolveWorld) {
    this.#load = load
    this.#resolve = resolve
  }

  async open(): Promise<CourseInfo> {
    this.#texts = await this.#load()
    const read = readLines(this.#texts)
    this.#steps = read.steps
    const steps = read.failure?.step ?? read.outcome?.step ?? read.last
    const found = await this.#find(read)
    this.#segment = found.segment
    const scanned = found.segment ? scan(found.segment, steps) : undefined
    return {
      header: read.header,
      steps: scanned?.steps ?? steps,
      limit: limitOf(read.header.config),
      results: read.outcome?.results,
      outcome: read.outcome?.outcome,
      failure: read.failure?.failure,
      hash: read.hash,
      series: scanned?.series ?? { steps: [], scores: read.header.slots.map(() => []) },
      markers: scanned?.markers ?? markersOfLines(read.steps),
      spans: scanned?.spans ?? spansOf(read.header.slots, read.steps),
      isWhole: true,
      problem: found.problem,
    }
  }

  async #find(read: ReadLines): Promise<{ segment?: Segment; problem: CourseInfo['problem'] }> {
    try {
      const world = await this.#resolve(read.header.world)
      return { segment: new Segment({ world, header: read.header, lines: read.steps }), problem: undefined }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { problem: { code: error.code, message: error.message } }
    }
  }

  #need(): Segment {
    if (this.#segment) return this.#segment
    throw new AppError('UNKNOWN_WORLD', 'the code of this world is not here')
  }

  async moment(step: number, perspective: number | null) {
    return this.#need().frame(step, perspective)
  }

  async commands(from: number, to: number): Promise<readonly CommandRow[]> {
    return commandsOf(this.#steps, from, to)
  }

  async lines(from: number, to: number): Promise<readonly string[]> {
    return this.#texts.filter((text) => {
      const step = Number(/^\{"step":(\d+)/.exec(text)?.[1] ?? '-1')
      return step < 0 ? from === 0 : step >= from && step <= to
    })
  }

  async inspect(id: number, step: number): Promise<JsonObject | undefined> {
    const segment = this.#need()
    return segment.world.headless?.inspect?.(segment.at(step).fold.state, id)
  }

  async verify(onProgress: (step: number) => void): Promise<Verdict> {
    const { header } = readLines(this.#texts.slice(0, 1))
    try {
      const world = await this.#resolve(header.world)
      return await verifyLines([this.#texts], world, onProgress)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
      return { kind: 'impossible', code, message: error instanceof Error ? error.message : String(error) }
    }
  }

  close(): void {
    this.#texts = []
    this.#segment = undefined
  }
}

/** The commands that took effect in steps `from` to `to`, including refused ones. */
export function commandsOf(lines: readonly StepLine[], from: number, to: number): readonly CommandRow[] {
  return lines.flatMap((line) => {
    if (line.step < from || line.step > to) return []
    const timeouts = new Set(line.timeouts ?? [])
    const taken = (line.inputs ?? []).map(([slot, command]): CommandRow => {
      const row = { step: line.step, slot, command }
      return timeouts.has(slot) ? { ...row, isTimeout: true } : row
    })
    const refused = (line.refused ?? []).map(
      ([slot, command, { code, reason }]): CommandRow => ({
        step: line.step,
        slot,
        command,
        refused: `${code}: ${reason}`,
      }),
    )
    return [...taken, ...refused].toSorted((a, b) => a.slot - b.slot)
  })
}
