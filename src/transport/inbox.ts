// Text frames of one connection for a reader that takes them one after another and may be busy for minutes. A burst is
// read more slowly. If the reader stays busy, reading continues, since pongs must be received, and frames that find the
// inbox full are returned at once.
import { CLOSE, type SocketConnection } from './connection.ts'

export interface InboxFrame {
  readonly text: string
  /** Arrival time in milliseconds since 1970. */
  readonly at: number
}

export interface InboxLimits {
  /** Frames that may wait before reading stops for a moment. */
  readonly frames: number
  /** Milliseconds that reading may stop: far less than the time between two pings. */
  readonly holdMs: number
  /** Absolute limits of waiting frames and bytes: one read from the network may deliver this much. */
  readonly maxFrames: number
  readonly maxBytes: number
  /** Frames refused in a row before the connection is closed with 1008. */
  readonly refused: number
}

const INBOX_LIMITS: InboxLimits = {
  frames: 32,
  holdMs: 2000,
  maxFrames: 16_384,
  maxBytes: 256 * 1024,
  refused: 1000,
}

export class Inbox {
  readonly #connection: SocketConnection
  readonly #limits: InboxLimits
  readonly #onOverflow: (frame: InboxFrame) => boolean
  readonly #waiting: InboxFrame[] = []
  #bytes = 0
  #refused = 0
  #isClosed = false
  /** Whether the reader was busy for longer than reading may stop. */
  #isOverflowing = false
  #hold: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined

  /**
   * @param onOverflow takes a frame that finds the inbox full; it answers or refuses the frame at once. It returns
   *   whether it answered: refusals are counted, answers are not
   */
  constructor(
    connection: SocketConnection,
    onOverflow: (frame: InboxFrame) => boolean,
    limits: Partial<InboxLimits> = {},
  ) {
    this.#connection = connection
    this.#limits = { ...INBOX_LIMITS, ...limits }
    this.#onOverflow = onOverflow
    connection.onText((text) => this.#take({ text, at: Date.now() }))
    connection.onClose(() => {
      this.#isClosed = true
      clearTimeout(this.#hold)
      this.#wake?.()
    })
  }

  #take(frame: InboxFrame): void {
    const { frames, maxFrames, maxBytes } = this.#limits
    const count = this.#waiting.length
    const isFull = count >= maxFrames || (count > 0 && this.#bytes + frame.text.length > maxBytes)
    if (isFull || (this.#isOverflowing && count >= frames)) {
      if (!this.#onOverflow(frame)) this.#refuse()
      return
    }
    this.#waiting.push(frame)
    this.#bytes += frame.text.length
    if (count + 1 >= frames && !this.#isOverflowing) this.#holdReading()
    this.#wake?.()
  }

  #refuse(): void {
    if (++this.#refused >= this.#limits.refused) this.#connection.close(CLOSE.policy, 'too many frames')
  }

  #holdReading(): void {
    if (this.#hold !== undefined) return
    this.#connection.hold()
    this.#hold = setTimeout(() => {
      this.#isOverflowing = true
      this.#releaseReading()
    }, this.#limits.holdMs)
  }

  #releaseReading(): void {
    clearTimeout(this.#hold)
    this.#hold = undefined
    this.#connection.release()
  }

  /**
   * The next frame; undefined when the connection has ended or no frame arrived in time. One reader at a time.
   * @param withinMs how long to wait; without it, until the connection ends
   */
  async next(withinMs?: number): Promise<InboxFrame | undefined> {
    // Answers must not pile up for a client that does not read them.
    await this.#connection.whenDrained()
    if (this.#waiting.length === 0 && !this.#isClosed) await this.#arrival(withinMs)
    const frame = this.#waiting.shift()
    if (!frame) return undefined
    this.#bytes -= frame.text.length
    this.#refused = 0
    if (this.#waiting.length < this.#limits.frames / 2) {
      this.#isOverflowing = false
      this.#releaseReading()
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
