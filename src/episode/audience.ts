// Observers of an episode other than its players: watchers learn that something changed, listeners get the world's events.
import type { WorldEvent } from '../kernel/world.ts'

export class Audience {
  readonly #watchers = new Set<() => void>()
  readonly #listeners = new Set<(events: readonly WorldEvent[]) => void>()

  /** Calls `onChange` after every step and change of status. Returns a function that stops it. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange)
    return () => this.#watchers.delete(onChange)
  }

  /** Calls `onEvents` with the world's events of each step. Returns a function that stops it. */
  listen(onEvents: (events: readonly WorldEvent[]) => void): () => void {
    this.#listeners.add(onEvents)
    return () => this.#listeners.delete(onEvents)
  }

  changed(): void {
    if (this.#watchers.size > 0) for (const watcher of this.#watchers) watcher()
  }

  /** @param events a list that the caller may reuse afterwards */
  tell(events: readonly WorldEvent[]): void {
    if (events.length === 0 || this.#listeners.size === 0) return
    const kept = [...events]
    for (const listener of this.#listeners) listener(kept)
  }
}
