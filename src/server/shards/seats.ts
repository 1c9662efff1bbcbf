// Slots of a shard's episodes that the model of the server plays. It plays from the server itself, so that limits of cost
// hold for all shards together.
import type { ModelSeat } from '../model-agents.ts'

export class Seats {
  readonly #ask: (seat: ModelSeat) => void
  readonly #taken = new Map<string, (hasLeft: boolean) => void>()

  constructor(ask: (seat: ModelSeat) => void) {
    this.#ask = ask
  }

  /** Resolves when the model has left; never, if it plays to the end. */
  play(seat: ModelSeat): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#taken.set(`${seat.id} ${seat.slot}`, resolve)
    this.#ask(seat)
    return promise
  }

  left({ id, slot }: ModelSeat): void {
    this.#taken.get(`${id} ${slot}`)?.(true)
    this.#taken.delete(`${id} ${slot}`)
  }
}
