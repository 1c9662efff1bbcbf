// Records what a server has acknowledged to its clients and must still have after a kill.

export type Told =
  /** Answered with 201, or shown in a list. */
  | { readonly kind: 'episode'; readonly id: string; readonly by: '201' | 'list' }
  /** A receipt named this step for a command of this slot. */
  | { readonly kind: 'receipt'; readonly id: string; readonly slot: number; readonly step: number }
  /** A frame showed this number of completed steps; it counts only if it came long enough before the kill. */
  | { readonly kind: 'frame'; readonly id: string; readonly steps: number; readonly at: number; readonly who: string }
  /** Answered with 202. */
  | {
      readonly kind: 'command'
      readonly id: string
      readonly commandId: string
      readonly slot: number
      readonly token: string
    }
  /** A key returned by a registration. */
  | { readonly kind: 'registration'; readonly key: string }

/** Milliseconds after which a step that a client saw must survive a crash. */
export const SEEN_DURABLE_MS = 300

export class Ledger {
  #told: Told[] = []
  readonly #episodes = new Set<string>()

  add(told: Told): void {
    if (told.kind === 'episode') {
      const key = `${told.by} ${told.id}`
      if (this.#episodes.has(key)) return
      this.#episodes.add(key)
    }
    this.#told.push(told)
  }

  /** The server was killed at this time: it need not have the steps of frames that came just before. */
  close(killedAt: number): void {
    this.#told = this.#told.filter((told) => told.kind !== 'frame' || killedAt - told.at > SEEN_DURABLE_MS)
  }

  get all(): readonly Told[] {
    return this.#told
  }

  /** Number of acknowledged facts by kind. */
  count(): Record<Told['kind'], number> {
    const counts = { episode: 0, receipt: 0, frame: 0, command: 0, registration: 0 }
    for (const { kind } of this.#told) counts[kind]++
    return counts
  }
}
