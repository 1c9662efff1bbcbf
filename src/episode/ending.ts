// Ends an episode for any cause: stops its clock, notifies players, closes the journal, and settles `done`.
import type { Audience } from './audience.ts'
import type { EpisodeEnd, EpisodeParts } from './episode-parts.ts'
import { CLOSED, refuseWaiting } from './slots.ts'

interface EndingParts extends Pick<EpisodeParts, 'slots' | 'recorder' | 'onError'> {
  readonly audience: Audience
  /** Stops timers, clocks and effects. */
  stopTime(): void
}

export class Ending {
  readonly #parts: EndingParts
  readonly #done = Promise.withResolvers<EpisodeEnd>()

  constructor(parts: EndingParts) {
    this.#parts = parts
    // A caller may not care how the episode ends; a rejection must not end the process.
    this.#done.promise.catch(() => undefined)
  }

  get done(): Promise<EpisodeEnd> {
    return this.#done.promise
  }

  /** Stops the clock, refuses waiting commands, and notifies every player and watcher. Their exceptions are only reported. */
  release(reason: 'over' | 'failed' | 'shutdown'): void {
    this.#parts.stopTime()
    for (const slotState of this.#parts.slots.all) {
      refuseWaiting(slotState, CLOSED[reason === 'shutdown' ? 'stopped' : reason])
      const { connection } = slotState
      this.#quietly(() => connection?.update())
      this.#quietly(() => connection?.end(reason))
    }
    this.#quietly(() => this.#parts.audience.changed())
  }

  #quietly(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#parts.onError?.('the end of an episode', error)
    }
  }

  /** Releases the episode, closes its journal, and rejects `done`. */
  abort(reason: 'failed' | 'shutdown', error: Error): void {
    this.release(reason)
    const closed = this.#parts.recorder?.close() ?? Promise.resolve()
    // If the journal is lost as well, `done` reports the first failure.
    void closed
      .catch((cause: unknown) => this.#parts.onError?.('closing a journal', cause))
      .finally(() => this.#done.reject(error))
  }

  /** As `abort`, and reports a journal that cannot be closed to the caller. */
  async stop(error: Error): Promise<void> {
    this.release('shutdown')
    try {
      await this.#parts.recorder?.close()
    } finally {
      this.#done.reject(error)
    }
  }

  /** Closes the journal and delivers the end before anyone is notified. */
  async finish(end: EpisodeEnd, deliver: ((end: EpisodeEnd) => Promise<void>) | undefined): Promise<void> {
    try {
      await this.#parts.recorder?.close()
      await deliver?.(end)
    } catch (error) {
      this.release('shutdown')
      this.#done.reject(error)
      return
    }
    this.#quietly(() => this.#parts.audience.changed())
    this.#done.resolve(end)
    this.release('over')
  }
}
