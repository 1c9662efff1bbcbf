// A section of a journal that begins at a known state: it can be folded to any of its steps. Snapshots keep seeking
// back short. Pure: the same code runs in the worker and in shared files.

import { createFold, type Fold, foldLine, foldTo, loadFold } from '../../../src/kernel/fold.ts'
import { publicView, type World, type WorldEvent } from '../../../src/kernel/world.ts'
import type { EffectRequest } from '../../../src/protocol/episode.ts'
import type { CheckpointLine, JournalHeader, StepLine } from '../../../src/protocol/journal.ts'
import type { JsonObject, JsonValue } from '../../../src/protocol/json.ts'
import type { ViewEvent, ViewFrame } from '../../../src/protocol/live.ts'

/**
 * Steps between two snapshots: seeking back folds at most this many, which takes a few milliseconds in every built-in
 * world.
 */
const SNAPSHOT_EVERY = 50
/** Maximum number of snapshots; beyond it they are further apart. */
const MAX_SNAPSHOTS = 400

interface Snapshot {
  readonly step: number
  readonly state: JsonValue
  readonly effects: readonly EffectRequest[]
}

export class Segment {
  readonly world: World
  readonly header: JournalHeader
  /** Step lines, ordered by step. */
  readonly lines: readonly StepLine[]
  readonly #start: Snapshot | undefined
  readonly #config: unknown
  readonly #snapshots: Snapshot[] = []
  readonly #every: number
  #fold: Fold | undefined
  /** The first line not yet folded. */
  #next = 0

  /** @param start the saved state to begin from; undefined: the beginning of the episode */
  constructor(
    parts: { readonly world: World; readonly header: JournalHeader; readonly lines: readonly StepLine[] },
    start?: CheckpointLine,
  ) {
    this.world = parts.world
    this.header = parts.header
    this.lines = parts.lines
    this.#config = parts.world.config.parse(parts.header.config)
    this.#start =
      start?.state === undefined ? undefined : { step: start.step, state: start.state, effects: start.effects ?? [] }
    const span = (parts.lines.at(-1)?.step ?? 0) - this.from
    this.#every = Math.max(SNAPSHOT_EVERY, Math.ceil(span / MAX_SNAPSHOTS))
  }

  /** Number of steps done at its start. */
  get from(): number {
    return this.#start?.step ?? 0
  }

  /**
   * The state after `step` steps, with the events of the last one. Use it at once: the next call changes it.
   * @throws errors of the world; Error for a journal that the world refuses
   */
  at(step: number): { readonly fold: Fold; readonly events: readonly WorldEvent[] } {
    let fold = this.#reach(Math.max(this.from, step - 1))
    fold.out.clear()
    fold = this.#advance(fold, step)
    const events = [...fold.out.events]
    fold.out.clear()
    return { fold, events }
  }

  frame(step: number, perspective: number | null): ViewFrame {
    const { fold, events } = this.at(step)
    const { world } = this
    const outcome = world.outcome(fold.state)
    const seen = perspective === null ? publicView(world, fold.state) : world.observe(fold.state, perspective)
    return {
      step,
      view: asObject(seen),
      standing: world.standing(fold.state),
      events: events.filter(({ slot }) => slot === null || slot === perspective).map(copyEvent),
      ...(outcome ? { outcome } : {}),
    }
  }

  /** The nearest available fold at or before `step`. */
  #reach(step: number): Fold {
    if (this.#fold && this.#fold.step <= step) {
      const near = this.#snapshots.findLast((each) => each.step <= step)
      if (!near || near.step <= this.#fold.step) return this.#advance(this.#fold, step)
    }
    const from = this.#snapshots.findLast((each) => each.step <= step) ?? this.#start
    this.#fold = from ? loadFold(this.world, from) : createFold(this.world, this.#config, this.header.seed)
    const at = this.#fold.step
    const next = this.lines.findIndex((line) => line.step >= at)
    this.#next = next < 0 ? this.lines.length : next
    return this.#advance(this.#fold, step)
  }

  #advance(fold: Fold, step: number): Fold {
    while (fold.step < step) {
      const stop = Math.min(step, (Math.floor(fold.step / this.#every) + 1) * this.#every)
      this.#foldTo(fold, stop)
      if (fold.step % this.#every === 0) this.#keep(fold)
    }
    return fold
  }

  #foldTo(fold: Fold, step: number): void {
    for (let line = this.lines[this.#next]; line && line.step < step; line = this.lines[this.#next]) {
      this.#next++
      try {
        const fault = foldLine(fold, line)
        if (fault) throw new Error(`step ${line.step}: ${fault.what}`)
      } catch (error) {
        // The state after a step that threw is undefined.
        this.#fold = undefined
        throw error
      }
      if (fold.step < step) fold.out.clear()
    }
    foldTo(fold, step, () => {
      if (fold.step < step - 1) fold.out.clear()
    })
  }

  #keep(fold: Fold): void {
    const last = this.#snapshots.at(-1)?.step ?? this.from
    if (fold.step <= last) return
    const effects = [...fold.out.pending.values()]
    this.#snapshots.push({ step: fold.step, state: fold.world.save(fold.state), effects })
  }
}

const copyEvent = ({ slot, kind, data }: WorldEvent): ViewEvent => ({ slot, kind, data })

/**
 * An observation as a JSON object: any other value is wrapped in one. Worlds promise that their observations are JSON.
 */
function asObject(seen: unknown): JsonObject {
  const copy: unknown = structuredClone(seen)
  return isJsonObject(copy) ? copy : { observation: String(copy) }
}

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
