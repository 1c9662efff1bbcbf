// Frames of one socket, one after the other. Whoever sends faster than they are answered is read more slowly: nothing is
// dropped, and nothing piles up.
import type { WebSocket } from 'ws'

/** Frames that may wait; the socket is not read while there are more. */
const HIGH_WATER = 32

interface Frame {
  readonly text: string
  /** Milliseconds since 1970 at which it came. */
  readonly at: number
}

export class FrameQueue {
  readonly #socket: WebSocket
  readonly #waiting: Frame[] = []
  #isClosed = false
  #wake: (() => void) | undefined

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        // The protocol is text; a client that sends anything else is not one of ours.
        socket.send(JSON.stringify({ type: 'error', detail: 'Binary frames are not accepted' }))
        socket.close(1000)
        return
      }
      this.#waiting.push({ text: String(data), at: Date.now() })
      if (this.#waiting.length >= HIGH_WATER) socket.pause()
      this.#wake?.()
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake?.()
    })
  }

  /**
   * The next frame; undefined when the socket is closed, or nothing came in time.
   * @param withinMs how long to wait; absent: for ever
   */
  async next(withinMs?: number): Promise<Frame | undefined> {
    const frame = this.#waiting.shift()
    if (frame) {
      if (this.#socket.isPaused && this.#waiting.length < HIGH_WATER / 2) this.#socket.resume()
      return frame
    }
    if (this.#isClosed) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs)
    this.#wake = resolve
    await promise
    clearTimeout(timer)
    this.#wake = undefined
    return this.#waiting.length > 0 ? this.next() : undefined
  }
}
