// Slots of a shard's episodes that the model of the server plays. It plays from the server itself, so that limits of cost
// hold for all shards together.
import type { ModelSlot } from './shard-link.ts'

export class ModelSlots {
  readonly #ask: (slot: ModelSlot) => void
  readonly #taken = new Map<string, (hasLeft: boolean) => void>()

  constructor(ask: (slot: ModelSlot) => void) {
    this.#ask = ask
  }

  /** Resolves when the model has left; never, if it plays to the end. */
  play(played: ModelSlot): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#taken.set(`${played.id} ${played.slot}`, resolve)
    this.#ask(played)
    return promise
  }

  left({ id, slot }: ModelSlot): void {
    this.#taken.get(`${id} ${slot}`)?.(true)
    this.#taken.delete(`${id} ${slot}`)
  }
}
