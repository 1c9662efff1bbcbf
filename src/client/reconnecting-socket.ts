// One WebSocket that comes back by itself: text messages in, text messages out, and a growing pause after each failure.
import { type Backoff, backoffMs } from '../lib/retry.ts'

/** What an owner of the socket decides and hears. */
export interface SocketOwner {
  text(data: string): void
  /**
   * The connection is gone. A server that is away has refused nothing: it is tried until it is back.
   * @param code of the close frame; 1006 without one
   * @param failures how often in a row it has failed since the last call of `isWell`, this time included; later ones
   * count only if the server answers
   * @returns whether it is tried again
   */
  closed(code: number, failures: number): boolean
  /** Whether the server answers at all: a browser does not say why a handshake failed. Never rejects. */
  isServerThere(): Promise<boolean>
}

/** The code of a connection that ended without a close frame. */
const NO_FRAME = 1006

export class ReconnectingSocket {
  readonly #url: string
  readonly #backoff: Backoff
  readonly #owner: SocketOwner
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Attempts that failed, and those of them that the server refused. */
  #failures = 0
  #refusals = 0
  #isStopped = false

  /** Connects at once. @param url with the scheme `ws` or `wss` */
  constructor(url: string, backoff: Backoff, owner: SocketOwner) {
    this.#url = url
    this.#backoff = backoff
    this.#owner = owner
    this.#connect()
  }

  /** Sends a text; false while there is no connection, and then nothing is kept. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(text)
    return true
  }

  /** A valid message has come: earlier failures no longer count. */
  isWell(): void {
    this.#failures = 0
    this.#refusals = 0
  }

  /** Closes the connection; the owner hears nothing more. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (!this.#isStopped && typeof data === 'string') this.#owner.text(data)
    })
    // `close` follows and has the code.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code }) => this.#closed(code))
  }

  #closed(code: number): void {
    if (this.#isStopped) return
    this.#failures++
    if (code !== NO_FRAME || this.#refusals === 0) {
      this.#refused(code)
      return
    }
    void this.#owner.isServerThere().then((isThere) => {
      if (this.#isStopped) return
      if (isThere) this.#refused(code)
      else this.#again()
    })
  }

  #refused(code: number): void {
    this.#refusals++
    if (!this.#owner.closed(code, this.#refusals)) this.#isStopped = true
    else if (!this.#isStopped) this.#again()
  }

  #again(): void {
    this.#timer = setTimeout(() => this.#connect(), backoffMs(this.#backoff, this.#failures - 1))
  }
}
