// Text frames of one connection for a reader that takes them one after another and may be busy for minutes. Reading never
// stops (pongs must come through), so frames beyond the limits are refused instead.
import type { SocketConnection } from './connection.ts'

export interface InboxFrame {
  readonly text: string
  /** Milliseconds since 1970 at which it came. */
  readonly at: number
}

export interface InboxLimits {
  readonly frames: number
  readonly bytes: number
  /** Frames refused in a row before the connection is closed with 1008. */
  readonly refused: number
}

/** 32 frames is half a minute of a client that polls every second. */
const INBOX_LIMITS: InboxLimits = { frames: 32, bytes: 256 * 1024, refused: 1000 }

export class Inbox {
  readonly #connection: SocketConnection
  readonly #limits: InboxLimits
  readonly #waiting: InboxFrame[] = []
  #bytes = 0
  #refused = 0
  #isClosed = false
  #wake: (() => void) | undefined

  /**
   * @param onOverflow takes a frame that finds the inbox full; it answers or refuses the frame at once. It returns
   *   whether it answered: refusals are counted, answers are not
   */
  constructor(connection: SocketConnection, onOverflow: (frame: InboxFrame) => boolean, limits = INBOX_LIMITS) {
    this.#connection = connection
    this.#limits = limits
    connection.onText((text) => {
      const frame = { text, at: Date.now() }
      const isFull = this.#waiting.length >= limits.frames || this.#bytes + text.length > limits.bytes
      if (isFull && this.#waiting.length > 0) {
        if (!onOverflow(frame)) this.#count()
        return
      }
      this.#waiting.push(frame)
      this.#bytes += text.length
      this.#wake?.()
    })
    connection.onClose(() => {
      this.#isClosed = true
      this.#wake?.()
    })
  }

  #count(): void {
    if (++this.#refused >= this.#limits.refused) this.#connection.close(1008, 'too many frames')
  }

  /**
   * The next frame; undefined when the connection has ended or nothing came in time. One reader at a time.
   * @param withinMs how long to wait; without it, until the connection ends
   */
  async next(withinMs?: number): Promise<InboxFrame | undefined> {
    // Answers to frames must not pile up for a client that does not read them.
    await this.#connection.whenDrained()
    if (this.#waiting.length === 0 && !this.#isClosed) await this.#arrival(withinMs)
    const frame = this.#waiting.shift()
    if (frame) {
      this.#bytes -= frame.text.length
      this.#refused = 0
    }
    return frame
  }

  async #arrival(withinMs: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs)
    this.#wake = resolve
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}
