// Commands on their way to a step: checked and queued for their slot, or refused at once.
import type { Fold } from '../kernel/fold.ts'
import type { Refusal } from '../protocol/episode.ts'
import { type Connection, queueCommand, type Receipt, type SlotState, staleReason } from './slots.ts'
import type { StepLoop } from './step-loop.ts'

interface IntakeParts {
  readonly fold: Fold
  readonly loop: StepLoop
  /** Why commands are refused; undefined: the episode takes them. */
  closed(): Refusal | undefined
  /** Called when a slot has a command that waits for its step. */
  onQueued(slot: number): void
}

export class CommandIntake {
  readonly #parts: IntakeParts

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Queues a command without a receipt. */
  post(slotState: SlotState, connection: Connection, command: unknown): void {
    if (this.#parts.closed() !== undefined || slotState.connection !== connection) return
    const refusal = this.#queue(slotState, command, undefined)
    if (refusal) this.#journal(slotState, command, refusal)
  }

  /** Queues a command. The receipt comes when the command has been applied or refused and the result is durable. */
  submit(
    slotState: SlotState,
    connection: Connection,
    said: { readonly command: unknown; readonly step: number | undefined },
  ): Promise<Receipt> {
    const { promise, resolve } = Promise.withResolvers<Receipt>()
    const refusal =
      this.#parts.closed() ??
      staleReason(slotState, connection, { meant: said.step, now: this.#parts.fold.step }) ??
      this.#queue(slotState, said.command, resolve)
    if (!refusal) return promise
    this.#journal(slotState, said.command, refusal)
    return Promise.resolve({ accepted: false, ...refusal })
  }

  #queue(
    slotState: SlotState,
    command: unknown,
    settle: ((receipt: Receipt) => void) | undefined,
  ): Refusal | undefined {
    const refusal = queueCommand(this.#parts.fold.world, slotState, { command, settle })
    if (!refusal) this.#parts.onQueued(slotState.slot)
    return refusal
  }

  /** A full queue is not journalled: a client that floods a slot must not fill the disk. */
  #journal(slotState: SlotState, command: unknown, refusal: Refusal): void {
    if (refusal.code !== 'QUEUE_FULL') this.#parts.loop.refuse(slotState.slot, command, refusal)
  }
}
