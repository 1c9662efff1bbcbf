// One run of a world, step by step: the interface without its files and command line.
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../kernel/errors.ts'
import { createFold, type Fold, foldCommand, foldStep } from '../../kernel/fold.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import {
  type HeadlessError,
  type HeadlessStep,
  type HeadlessSummary,
  type SaveFile,
  type StepOutcome,
  VICTORY_TICKS,
} from '../../protocol/headless.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { createSave, type Origin } from './save-file.ts'

/** Ticks between two checks of the clock, and milliseconds between two turns of the event loop. */
const TICKS_A_LOOK = 256
const LOOK_MS = 50

export class HeadlessSession {
  readonly #fold: Fold
  readonly #origin: Origin
  readonly #signal: AbortSignal | undefined
  #steps = 0

  /** Continues from any state, such as one from `readSave`. */
  constructor(fold: Fold, origin: Origin, signal?: AbortSignal) {
    this.#fold = fold
    this.#origin = origin
    this.#signal = signal
  }

  /**
   * A fresh run.
   * @param start scenario: undefined for the first; seed: undefined for the scenario's own
   * @throws AppError UNKNOWN_VARIANT
   */
  static start(
    world: World,
    start: { readonly scenario?: string | undefined; readonly seed?: number | undefined },
    signal?: AbortSignal,
  ): HeadlessSession {
    const { variant, config } = configureWorld(world, start.scenario)
    const seed = start.seed ?? variant?.seed ?? 0
    return new HeadlessSession(createFold(world, config, seed), { scenario: variant?.id ?? null, seed }, signal)
  }

  get tick(): number {
    return this.#fold.step
  }

  /** The scenario that the run began with; null: it is unknown. */
  get scenario(): string | null {
    return this.#origin.scenario
  }

  /** Executes one step of a script. A failed step has changed nothing except the ticks that it ran. */
  async execute(step: HeadlessStep): Promise<StepOutcome> {
    const index = this.#steps++
    const { error, detail } = await this.#perform(step)
    return {
      index,
      type: step.type,
      ok: error === undefined,
      ...(error === undefined ? {} : { error: { ...error, step_index: index } }),
      tick: this.#fold.step,
      state_hash: this.#fold.world.digest(this.#fold.state),
      ...(detail === undefined ? {} : { detail }),
    }
  }

  async #perform(step: HeadlessStep): Promise<Performed> {
    switch (step.type) {
      case 'apply_command':
        return this.#apply(step.slot ?? 0, step.command)
      case 'tick':
        return this.#tick(step.ticks)
      case 'until_victory':
        return this.#untilVictory(step.max_ticks ?? VICTORY_TICKS)
      case 'inspect_part':
        return this.inspect(step.part_id)
      default:
        return step satisfies never
    }
  }

  #apply(slot: number, json: JsonObject): Performed {
    const { world, out } = this.#fold
    const slots = world.standing(this.#fold.state).scores.length
    if (slot >= slots)
      return { error: { code: 'SLOT_INVALID', message: `there is no slot ${slot}; there are ${slots}` } }
    const command = world.command.parse(json)
    const refusal = foldCommand(this.#fold, slot, command)
    // The world's answer to a command (such as the part that it placed) is the step's detail.
    const detail: JsonObject = Object.assign({}, ...out.events.map(({ data }) => data))
    out.clear()
    if (refusal) return { error: { code: refusal.code, message: refusal.reason } }
    return Object.keys(detail).length > 0 ? { detail } : {}
  }

  async #tick(ticks: number): Promise<Performed> {
    if (this.#isOver()) {
      return { error: { code: 'EPISODE_OVER', message: `the episode ended at tick ${this.#fold.step}` } }
    }
    const done = await this.#advance(ticks, () => this.#isOver())
    return done === ticks ? {} : { detail: { ticks: done, ended: true } }
  }

  async #untilVictory(limit: number): Promise<Performed> {
    const done = await this.#advance(limit, () => this.objective.complete || this.objective.failed || this.#isOver())
    const { complete, failed } = this.objective
    if (complete) return { detail: { ticks: done } }
    const message = failed
      ? `the objective can no longer be completed at tick ${this.#fold.step}`
      : `the objective is not complete after ${done} ticks`
    return { error: { code: failed ? 'OBJECTIVE_FAILED' : 'VICTORY_NOT_REACHED', message }, detail: { ticks: done } }
  }

  /** Whether further ticks are pointless. */
  #isOver(): boolean {
    const { world, state } = this.#fold
    return world.headless?.runsOn !== true && world.outcome(state) !== undefined
  }

  /** Ticks until `isDone` or the limit; returns how many. The process can be interrupted meanwhile. */
  async #advance(limit: number, isDone: () => boolean): Promise<number> {
    let looked = performance.now()
    for (let done = 0; done < limit; done++) {
      if (isDone()) return done
      foldStep(this.#fold)
      this.#fold.out.clear()
      if (done % TICKS_A_LOOK === 0 && performance.now() - looked > LOOK_MS) {
        await setImmediate()
        if (this.#signal?.aborted) throw new AppError('INTERRUPTED', `interrupted at tick ${this.#fold.step}`)
        looked = performance.now()
      }
    }
    return limit
  }

  /** Progress of the objective: the world's own report, or whether the episode has an outcome. */
  get objective(): { readonly complete: boolean; readonly failed: boolean } {
    const outcome = this.#fold.world.outcome(this.#fold.state)
    if (outcome === undefined) return { complete: false, failed: false }
    const { objective } = this.#report()
    return objective
  }

  #report(): { readonly objective: HeadlessSummary['objective']; readonly rest: JsonObject } {
    const { world, state } = this.#fold
    const rest = world.headless?.summarize?.(state) ?? { standing: world.standing(state) }
    const { objective } = rest
    if (typeof objective === 'object' && objective !== null && 'complete' in objective) {
      return {
        objective: { ...objective, complete: objective.complete === true, failed: objective.failed === true },
        rest,
      }
    }
    const outcome = world.outcome(state)
    return {
      objective: { complete: outcome?.ended === 'terminated', failed: outcome?.ended === 'truncated' },
      rest,
    }
  }

  summary(): HeadlessSummary {
    const { world, state, step } = this.#fold
    const { objective, rest } = this.#report()
    return { tick: step, state_hash: world.digest(state), ...rest, objective }
  }

  /** The inspection of a part as `detail`, or the reason for its absence. */
  inspect(part: number): Performed {
    const { world, state } = this.#fold
    if (!world.headless?.inspect) {
      return { error: { code: 'NOTHING_TO_INSPECT', message: `${world.id} has no parts to inspect` } }
    }
    const detail = world.headless.inspect(state, part)
    return detail ? { detail } : { error: { code: 'UNKNOWN_PART', message: `there is no part ${part}` } }
  }

  snapshot(): SaveFile {
    return createSave(this.#fold, this.#origin)
  }
}

export interface Performed {
  readonly error?: HeadlessError
  readonly detail?: JsonObject
}
