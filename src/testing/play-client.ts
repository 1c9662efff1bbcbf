// A client of the play socket for tests, written only from the contract: Node's own WebSocket, none of our code.

export interface PlayFrame {
  readonly type: string
  readonly [key: string]: unknown
}

export class PlayClient {
  readonly socket: WebSocket
  readonly frames: PlayFrame[] = []
  #read = 0
  #wake: (() => void) | undefined
  #closed = Promise.withResolvers<number>()
  #isClosed = false

  constructor(url: string, key?: string, extra: object = {}) {
    this.socket = new WebSocket(url)
    this.socket.addEventListener('open', () => {
      if (key !== undefined) this.send({ type: 'auth', api_key: key, ...extra })
    })
    this.socket.addEventListener('message', (message) => {
      this.frames.push(JSON.parse(String(message.data)))
      this.#wake?.()
    })
    this.socket.addEventListener('error', () => undefined)
    this.socket.addEventListener('close', (event) => {
      this.#isClosed = true
      this.#closed.resolve(event.code)
      this.#wake?.()
    })
  }

  get closed(): Promise<number> {
    return this.#closed.promise
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The unread frames up to and including the next one of these types. Throws if the socket closes first. */
  async until(...types: readonly string[]): Promise<PlayFrame[]> {
    for (;;) {
      const at = this.frames.findIndex((frame, index) => index >= this.#read && types.includes(frame.type))
      if (at >= 0) {
        const taken = this.frames.slice(this.#read, at + 1)
        this.#read = at + 1
        return taken
      }
      if (this.#isClosed) {
        const rest = JSON.stringify(this.frames.slice(this.#read))
        throw new Error(`the socket closed before a frame '${types.join(' or ')}' came; unread: ${rest}`)
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Sends one input and returns the resulting frames. */
  advance(text: string): Promise<PlayFrame[]> {
    this.send({ type: 'advance', text })
    return this.until('turn_end')
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

/** The types of the frames, in order. */
export const types = (frames: readonly PlayFrame[]): unknown[] => frames.map((frame) => frame.type)
