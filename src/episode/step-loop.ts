// Makes steps: gathers the commands, applies them in slot order, steps the world, and records. It has no clock;
// `episode.ts` decides when a step is made.
import { type Fold, foldCommand, foldPresence, foldReply, foldStep } from '../kernel/fold.ts'
import type { EffectReply, Outcome, Refusal } from '../protocol/episode.ts'
import type { SlotChange } from '../protocol/journal.ts'
import type { Settlement } from './receipts.ts'
import type { Recorder, StepRecord } from './recorder.ts'
import type { Receipt, SlotState, Slots, Waiting } from './slots.ts'

export class StepLoop {
  readonly fold: Fold
  readonly #slotStates: Slots
  readonly #recorder: Recorder | undefined
  readonly #slots: number[] = []
  readonly #commands: unknown[] = []
  #refused: [number, unknown, Refusal][] = []
  #replies: EffectReply[] = []
  #timeouts: number[] = []
  #settlements: Settlement[] = []
  #changes: readonly (readonly [number, SlotChange])[] = []
  /** Slots that have moved in the current lockstep. */
  readonly #moved = new Set<number>()
  /** In-process players that were asked in the current lockstep: once per step, whatever else happens. */
  readonly #asked = new Set<number>()
  /** Slots whose time has run out; they play the world's fallback command, or pass. */
  readonly #expired = new Set<number>()
  clocks: readonly number[] | undefined

  constructor(fold: Fold, slotStates: Slots, recorder: Recorder | undefined) {
    this.fold = fold
    this.#slotStates = slotStates
    this.#recorder = recorder
  }

  get outcome(): Outcome | undefined {
    return this.fold.world.outcome(this.fold.state)
  }

  /** Commands that were applied but not acknowledged; the caller waits for the disk, then settles them. */
  takeSettlements(): readonly Settlement[] {
    if (this.#settlements.length === 0) return NONE
    const settlements = this.#settlements
    this.#settlements = []
    return settlements
  }

  /** Notes a command that never reaches the world; it is recorded with the next line. At most MAX_REFUSED of them. */
  refuse(slot: number, command: unknown, refusal: Refusal): void {
    if (this.#refused.length < MAX_REFUSED) this.#refused.push([slot, clip(command), refusal])
  }

  reply(reply: EffectReply): void {
    this.#replies.push(reply)
  }

  expire(slot: number): void {
    this.#expired.add(slot)
  }

  /** Slot changes come first in a line, so the world sees them before commands, here and in a replay. */
  #slotChanges(): void {
    const changes = this.#slotStates.takeChanges()
    if (changes.length === 0) return
    for (const [slot, change] of changes) foldPresence(this.fold, slot, change.event !== 'left')
    this.#changes = [...this.#changes, ...changes]
  }

  /** Makes one step with the commands that have arrived, for the paces `rate` and `fast`. */
  step(): void {
    this.#slotChanges()
    const slotStates = this.#slotStates.all
    // All in-process players observe before any command is applied: a higher slot has no advantage.
    for (const slotState of slotStates)
      if (slotState.inProcess) slotState.inProcess.play(this.fold.step, slotState.observe, slotState.say)
    for (const slotState of slotStates) {
      if (this.#expired.size > 0 && this.#expired.delete(slotState.slot)) this.#moveByDefault(slotState)
      this.#applyAll(slotState)
    }
    this.#finish(false)
  }

  /**
   * Advances the lockstep as far as possible now.
   * @returns whether a step was made; if not, a slot is still awaited (see `awaited`)
   */
  lockstep(): boolean {
    this.#slotChanges()
    const awaited = this.awaited()
    for (const slotState of this.#slotStates.all) {
      if (awaited.includes(slotState.slot)) continue
      this.#applyAll(slotState)
    }
    for (const slot of awaited) this.#ask(slot)
    if (awaited.every((slot) => this.#canMove(slot))) for (const slot of awaited) this.#move(slot)
    const everyoneMoved = this.awaited().every((slot) => this.#moved.has(slot))
    const isIdle = awaited.length === 0 && this.#replies.length === 0 && this.fold.out.pending.size > 0
    if (!everyoneMoved || isIdle) {
      if (this.#hasNews()) this.#finish(true)
      return false
    }
    this.#moved.clear()
    this.#asked.clear()
    this.#finish(false)
    return true
  }

  /** Slots that must still move before the next lockstep. */
  awaited(): readonly number[] {
    const slots = this.fold.world.awaits?.(this.fold.state) ?? this.#slotStates.all.map((slotState) => slotState.slot)
    return slots.filter((slot) => !this.#moved.has(slot))
  }

  #ask(slot: number): void {
    const slotState = this.#slotStates.at(slot)
    if (!slotState.inProcess || this.#asked.has(slot)) return
    this.#asked.add(slot)
    slotState.inProcess.play(this.fold.step, slotState.observe, slotState.say)
  }

  #canMove(slot: number): boolean {
    const slotState = this.#slotStates.at(slot)
    return slotState.waiting.length > 0 || this.#expired.has(slot) || slotState.inProcess !== undefined
  }

  #move(slot: number): void {
    const slotState = this.#slotStates.at(slot)
    const isLate = this.#expired.delete(slot)
    if (slotState.waiting.length > 0) {
      if (this.#apply(slotState, slotState.waiting.shift())) this.#moved.add(slot)
      // An in-process player that was refused passes: asked again, it would say the same.
      else if (slotState.inProcess) this.#moved.add(slot)
      return
    }
    if (isLate) this.#moveByDefault(slotState)
    this.#moved.add(slot)
  }

  #moveByDefault(slotState: SlotState): void {
    this.#timeouts.push(slotState.slot)
    const command = this.fold.world.fallback?.(this.fold.state, slotState.slot)
    if (command !== undefined) this.#apply(slotState, { command, settle: undefined })
  }

  #applyAll(slotState: SlotState): void {
    const { waiting } = slotState
    if (waiting.length === 0) return
    for (let i = 0; i < waiting.length; i++) this.#apply(slotState, waiting[i])
    waiting.length = 0
  }

  #apply(slotState: SlotState, waiting: Waiting | undefined): boolean {
    if (!waiting) return false
    const refusal = foldCommand(this.fold, slotState.slot, waiting.command)
    if (refusal) this.#refused.push([slotState.slot, waiting.command, refusal])
    else {
      this.#slots.push(slotState.slot)
      this.#commands.push(waiting.command)
    }
    if (waiting.settle) {
      const receipt: Receipt = refusal ? { accepted: false, ...refusal } : { accepted: true, step: this.fold.step }
      this.#settlements.push({ settle: waiting.settle, receipt })
    }
    return refusal === undefined
  }

  #hasNews(): boolean {
    const lists = [this.#slots, this.#replies, this.#changes, this.#refused, this.#timeouts]
    return lists.some((list) => list.length > 0)
  }

  /** Records what was applied, and makes the step unless it is held. */
  #finish(isHeld: boolean): void {
    const replies =
      this.#replies.length === 0 ? NO_REPLIES : this.#replies.filter((reply) => foldReply(this.fold, reply))
    if (this.#recorder) {
      const record: StepRecord = {
        step: this.fold.step,
        changes: this.#changes,
        slots: this.#slots,
        commands: this.#commands,
        refused: this.#refused,
        replies,
        timeouts: this.#timeouts,
        clocks: this.clocks,
        isHeld,
      }
      this.#recorder.step(record)
    }
    this.#slots.length = 0
    this.#commands.length = 0
    if (this.#changes.length > 0) this.#changes = []
    if (this.#refused.length > 0) this.#refused = []
    if (this.#replies.length > 0) this.#replies = []
    if (this.#timeouts.length > 0) this.#timeouts = []
    if (!isHeld) foldStep(this.fold)
    this.#recorder?.checkpoint(this.fold)
  }
}

/** The outcome of an episode that has reached its step limit; undefined: it has not. */
export function limitOutcome(step: number, maxSteps: number): Outcome | undefined {
  if (step < maxSteps) return undefined
  return { ended: 'truncated', reason: `The limit of ${maxSteps} steps was reached.` }
}

/** How many refusals one line keeps, and how long a refused command may be. */
const MAX_REFUSED = 64
const MAX_REFUSED_CHARACTERS = 2000

/** The recorded form of a refused command: it came from outside and may be any value. */
function clip(command: unknown): unknown {
  const text = JSON.stringify(command) ?? 'null'
  return text.length <= MAX_REFUSED_CHARACTERS ? command : `${text.slice(0, MAX_REFUSED_CHARACTERS)}…`
}

const NO_REPLIES: readonly EffectReply[] = []
const NONE: readonly Settlement[] = []
