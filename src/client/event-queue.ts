// Events between the socket and the iterating caller: bounded and in order. A gap is reported as an event.
import type { PlayEvent } from './play-event.ts'

type Result = IteratorResult<PlayEvent, undefined>

export class EventQueue {
  readonly #limit: number
  #waiting: PlayEvent[] = []
  #dropped = 0
  #isEnded = false
  #failure: Error | undefined
  #takers: PromiseWithResolvers<Result>[] = []

  /** @param limit maximum number of waiting events; the oldest go first, pieces of an answer before anything else */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(event: PlayEvent): void {
    if (this.#isEnded) return
    const taker = this.#takers.shift()
    if (taker) {
      taker.resolve({ done: false, value: event })
      return
    }
    if (this.#waiting.length >= this.#limit) {
      if (isPiece(event)) return
      this.#makeRoom()
    }
    this.#waiting.push(event)
  }

  #makeRoom(): void {
    const kept = this.#waiting.filter((event) => !isPiece(event))
    const room = kept.length < this.#limit ? kept : kept.slice(1)
    // Pieces of an answer come again as a whole, so only events are counted as lost.
    this.#dropped += kept.length - room.length
    this.#waiting = room
  }

  /** Ends the queue after the waiting events. With a failure, the next `take` rejects with it, once. */
  end(failure?: Error): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#failure = failure
    for (const taker of this.#takers) {
      if (this.#failure) taker.reject(this.#takeFailure())
      else taker.resolve({ done: true, value: undefined })
    }
    this.#takers = []
  }

  next(): Promise<Result> {
    if (this.#dropped > 0) {
      const dropped = this.#dropped
      this.#dropped = 0
      return Promise.resolve({ done: false, value: { kind: 'gap', dropped } })
    }
    const value = this.#waiting.shift()
    if (value) return Promise.resolve({ done: false, value })
    if (this.#failure) return Promise.reject(this.#takeFailure())
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined })
    const taker = Promise.withResolvers<Result>()
    this.#takers.push(taker)
    return taker.promise
  }

  #takeFailure(): Error | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }
}

const isPiece = (event: PlayEvent): boolean => event.kind === 'token' || event.kind === 'token_reset'
