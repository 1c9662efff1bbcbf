// Advances a state through a journal. Live play, replay, resume and fork all step a world through these functions, so
// they cannot differ.
import type { EffectReply, EffectRequest, Refusal } from '../protocol/episode.ts'
import type { StepLine } from '../protocol/journal.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { StepOutput, World, WorldEvent } from './world.ts'

/** The outputs of a world since the host last read them. The lists are reused: copy what you keep. */
export class FoldOutput implements StepOutput {
  readonly effects: EffectRequest[] = []
  readonly events: WorldEvent[] = []
  /** Requested effects without a reply. */
  readonly pending = new Map<string, EffectRequest>()
  /** Effects cancelled before their reply. */
  readonly cancelled: string[] = []
  #step = 0
  #count = 0

  /** Names effects by the step of their request: '12.0' is the first of step 12. */
  atStep(step: number): void {
    this.#step = step
    this.#count = 0
  }

  effect(kind: string, request: JsonValue): string {
    const id = `${this.#step}.${this.#count++}`
    const effect = { id, kind, request }
    this.effects.push(effect)
    this.pending.set(id, effect)
    return id
  }

  cancel(effect: string): void {
    if (this.pending.delete(effect)) this.cancelled.push(effect)
  }

  event(event: WorldEvent): void {
    this.events.push(event)
  }

  clear(): void {
    this.effects.length = 0
    this.cancelled.length = 0
    this.events.length = 0
  }

  /** The current number of effects, for a checkpoint in the middle of a held step. */
  get count(): number {
    return this.#count
  }
}

/** A world's state after `step` steps. Only the functions of this file change it. */
export interface Fold {
  readonly world: World
  state: unknown
  step: number
  readonly out: FoldOutput
}

/** @param config parsed by the world's schema */
export function createFold(world: World, config: unknown, seed: number): Fold {
  return { world, state: world.create(config, seed), step: 0, out: new FoldOutput() }
}

/**
 * Continues from a checkpoint that contains its state.
 * @throws AppError STATE_INVALID
 */
export function loadFold(
  world: World,
  at: { step: number; state: JsonValue; effects?: readonly EffectRequest[] },
): Fold {
  const fold: Fold = { world, state: world.load(at.state), step: at.step, out: new FoldOutput() }
  fold.out.atStep(at.step)
  for (const effect of at.effects ?? []) fold.out.pending.set(effect.id, effect)
  return fold
}

/** Applies one command. `command` has passed the world's schema. */
export function foldCommand(fold: Fold, slot: number, command: unknown): Refusal | undefined {
  return fold.world.apply(fold.state, slot, command, fold.out)
}

/** Applies a reply. A reply to an answered or cancelled effect is dropped. */
export function foldReply(fold: Fold, reply: EffectReply): boolean {
  if (!fold.out.pending.delete(reply.effect)) return false
  fold.world.reply?.(fold.state, reply, fold.out)
  return true
}

export function foldPresence(fold: Fold, slot: number, isPresent: boolean): void {
  fold.world.presence?.(fold.state, slot, isPresent, fold.out)
}

/** One step. */
export function foldStep(fold: Fold): void {
  fold.world.step(fold.state, fold.out)
  fold.step++
  fold.out.atStep(fold.step)
}

/** Called before each step of a fold, before the step's inputs are applied. */
export type BeforeStep = (step: number) => void

/** Steps without inputs until `step` steps are done. */
export function foldTo(fold: Fold, step: number, before?: BeforeStep): void {
  while (fold.step < step) {
    before?.(fold.step)
    foldStep(fold)
  }
}

/** Why a recorded line cannot be replayed. */
export interface LineFault {
  readonly what: string
}

/**
 * Applies one recorded line and the step that follows it.
 * Inputs are parsed by the world's schema again: a journal may come from anywhere.
 */
export function foldLine(fold: Fold, line: StepLine, before?: BeforeStep): LineFault | undefined {
  if (line.step < fold.step) return { what: `the line of step ${line.step} follows step ${fold.step}` }
  foldTo(fold, line.step, before)
  before?.(line.step)
  for (const [slot, change] of line.changes ?? []) foldPresence(fold, slot, change.event !== 'left')
  for (const [slot, json] of line.inputs ?? []) {
    const command = fold.world.command.safeParse(json)
    if (!command.success) return { what: `the command of slot ${slot} is not valid: ${JSON.stringify(json)}` }
    const refusal = foldCommand(fold, slot, command.data)
    if (refusal)
      return {
        what: `the world refuses a command of slot ${slot} that it accepted in the recording: ${refusal.code}: ${refusal.reason}`,
      }
  }
  for (const reply of line.replies ?? []) {
    if (!foldReply(fold, reply)) return { what: `there is a reply to effect ${reply.effect}, which was not requested` }
  }
  if (line.hold !== true) foldStep(fold)
  return undefined
}
