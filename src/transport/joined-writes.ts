// Joins small messages that can wait with the next message of the same connection, while the process is busy. A write
// to a socket is a system call that costs more than the message; two frames in one write cost as much as one.
import { performance } from 'node:perf_hooks'

/** Event-loop utilisation above which messages are joined. */
const BUSY = 0.6
/** Milliseconds between two measurements of the event loop. */
const LOOK_MS = 500
/** Milliseconds that a message waits at most: one period of a game of 20 steps per second. */
const WAIT_MS = 50

/** A sender with waiting messages. */
export interface JoinedSender {
  flush(): void
}

export class JoinedWrites {
  readonly #waiting = new Set<JoinedSender>()
  readonly #look: NodeJS.Timeout
  readonly #isBusyNow: (() => boolean) | undefined
  #isBusy = false
  #timer: NodeJS.Timeout | undefined
  #last = performance.eventLoopUtilization()

  /** @param isBusy replaces the check of the event loop, for tests */
  constructor(isBusy?: () => boolean) {
    this.#isBusyNow = isBusy
    this.#look = setInterval(() => this.#measure(), LOOK_MS)
    this.#look.unref()
  }

  /** Whether messages should wait to be joined now. */
  get isBusy(): boolean {
    return this.#isBusyNow?.() ?? this.#isBusy
  }

  /** Flushes this sender within 50 ms. */
  add(sender: JoinedSender): void {
    this.#waiting.add(sender)
    this.#timer ??= setTimeout(() => this.#flush(), WAIT_MS)
  }

  /** Flushes everything and measures no more. */
  close(): void {
    clearInterval(this.#look)
    this.#flush()
  }

  #measure(): void {
    const now = performance.eventLoopUtilization()
    this.#isBusy = performance.eventLoopUtilization(now, this.#last).utilization >= BUSY
    this.#last = now
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const senders = [...this.#waiting]
    this.#waiting.clear()
    for (const sender of senders) sender.flush()
  }
}
