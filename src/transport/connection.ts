// One open websocket, and the only way to send on it. Its queues are bounded: newer snapshots replace those that a slow
// reader has not received; the server stops reading from a client that does not read, and drops it if this continues.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { encodeFrame, type Frame } from './frames.ts'
import type { JoinedSender, JoinedWrites } from './joined-writes.ts'

export interface ConnectionLimits {
  /** Bytes that may wait for a reader before newer snapshots replace those that have not been sent. */
  readonly snapshotBytes: number
  /** Bytes that may wait before the server stops reading from the client: its messages only cause more output. */
  readonly pauseBytes: number
  /** Bytes that may wait before the connection is dropped. One message may exceed this on an empty queue. */
  readonly maxBytes: number
  /** Milliseconds without any progress after which a paused client is dropped. */
  readonly stallMs: number
  /** Milliseconds that a client has to answer a close frame before the connection is cut. */
  readonly closeMs: number
}

/** Enough for several seconds of play on a slow line, and small enough for 10,000 connections. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  snapshotBytes: 256 * 1024,
  pauseBytes: 256 * 1024,
  maxBytes: 8 * 1024 * 1024,
  stallMs: 30_000,
  closeMs: 5000,
}

/** Close codes: RFC 6455 section 7.4.1, and 4001 for a connection that a newer one replaced. */
export const CLOSE = {
  normal: 1000,
  unsupported: 1003,
  policy: 1008,
  failed: 1011,
  restart: 1012,
  busy: 1013,
  replaced: 4001,
} as const

/** Bytes that may wait for a later message of `sendSoon`: more than a few receipts are worth a write of their own. */
const MAX_JOINED = 4096

/** Longest reason of a close frame, in bytes (RFC 6455, 5.5). */
const MAX_REASON = 123

export interface ConnectionOptions {
  /** The stream below the socket: frames are written there whole. */
  readonly stream: Duplex
  readonly address: string
  readonly limits?: Partial<ConnectionLimits> | undefined
  /** Shared by the connections of a server; undefined: every message is written at once. */
  readonly joined?: JoinedWrites | undefined
  /** Receives what a message handler throws; the connection is then closed with 1011. */
  onFault(error: unknown): void
}

export class SocketConnection implements JoinedSender {
  /** Address of the client, behind trusted proxies too. */
  readonly address: string
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #limits: ConnectionLimits
  readonly #onFault: (error: unknown) => void
  readonly #waitingForDrain: (() => void)[] = []
  readonly #joined: JoinedWrites | undefined
  /** Frames of `sendSoon`, in order, sent with the next message. */
  #soon: Buffer[] = []
  #soonBytes = 0
  #snapshot: Frame | undefined
  /** Whether the client has not read what it was sent. */
  #isPaused = false
  /** Whether a reader has paused the connection. */
  #isHeld = false
  /** Whether nothing has arrived since the last ping. */
  #isQuiet = false
  #onText: (text: string) => void = () => undefined
  #onBinary: (bytes: Buffer) => void = () => this.close(CLOSE.unsupported, 'only text frames are accepted')

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket
    this.#stream = options.stream
    this.#onFault = options.onFault
    this.#joined = options.joined
    this.address = options.address
    this.#limits = { ...CONNECTION_LIMITS, ...options.limits }
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary))
    socket.on('pong', () => this.#hear())
    socket.on('ping', (data) => this.#answerPing(data))
    // A broken frame or a reset; `close` follows.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#resume())
    this.#stream.on('drain', () => this.#drained())
    // With unsent bytes, Node calls this only if none of them was sent during the whole interval.
    this.#stream.on('timeout', () => this.#stalled())
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Bytes that wait for the client to read. */
  get queuedBytes(): number {
    return this.#stream.writableLength
  }

  /**
   * Sends a message that must arrive. A client that lets more than `maxBytes` wait is dropped.
   * @param onSent called when the message has left this process; never called if the connection ends before
   */
  send(message: string | Buffer | Frame, onSent?: () => void): void {
    if (!this.isOpen) return
    if (this.queuedBytes > this.#limits.maxBytes) {
      this.terminate()
      return
    }
    // A waiting snapshot is older than this message and must not follow it.
    this.#flushSnapshot()
    this.#write(toFrame(message), onSent)
  }

  /**
   * Sends a message that must arrive, and that may wait up to 50 ms for another one while the process is busy: both then
   * share one write. Order is kept.
   */
  sendSoon(message: string): void {
    if (!this.#joined?.isBusy || this.queuedBytes > 0) {
      this.send(message)
      return
    }
    if (!this.isOpen) return
    const { bytes } = encodeFrame(message)
    this.#soon.push(bytes)
    this.#soonBytes += bytes.length
    if (this.#soonBytes > MAX_JOINED) this.flush()
    else this.#joined.add(this)
  }

  /** Writes the frames that `sendSoon` has delayed. */
  flush(): void {
    if (this.#soon.length > 0 && this.isOpen) this.#stream.write(this.#withSoon())
  }

  /** Sends the newest state. For a slow reader it replaces the state that waits, so the last one always arrives. */
  sendSnapshot(message: string | Buffer | Frame): void {
    if (!this.isOpen) return
    if (this.queuedBytes > this.#limits.snapshotBytes) this.#snapshot = toFrame(message)
    else this.#write(toFrame(message))
  }

  /** Whether a snapshot would wait now. Senders may skip making it, if another one follows. */
  get isBehind(): boolean {
    return this.queuedBytes > this.#limits.snapshotBytes
  }

  /** Resolves when the client has read everything, or has disconnected. */
  whenDrained(): Promise<void> {
    if (!this.#isPaused || !this.isOpen) return Promise.resolve()
    return new Promise((resolve) => this.#waitingForDrain.push(resolve))
  }

  /** Stops reading until `release`: only briefly, since no pong is read in the meantime. */
  hold(): void {
    this.#isHeld = true
    this.#socket.pause()
  }

  /** Reads again after `hold`. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#isQuiet = false
    if (!this.#isPaused) this.#socket.resume()
  }

  /** Sets the handler of text messages. A handler that throws closes the connection with 1011. */
  onText(handler: (text: string) => void): void {
    this.#onText = handler
  }

  /** Sets the handler of binary messages. Without one, they close the connection with 1003. */
  onBinary(handler: (bytes: Buffer) => void): void {
    this.#onBinary = handler
  }

  /** Calls the handler once when the connection has ended, for any reason. */
  onClose(handler: (code: number) => void): void {
    if (this.#socket.readyState === this.#socket.CLOSED) queueMicrotask(() => handler(1006))
    else this.#socket.once('close', handler)
  }

  /** Closes with a code and a reason, which is cut to 123 bytes. Messages that come later are ignored. */
  close(code: number = CLOSE.normal, reason = ''): void {
    if (!this.isOpen) return
    this.flush()
    this.#flushSnapshot()
    this.#socket.close(code, cutReason(reason))
    const timer = setTimeout(() => this.terminate(), this.#limits.closeMs)
    this.onClose(() => clearTimeout(timer))
    // The client's close frame must be read.
    this.#resume()
    this.release()
  }

  /** Ends the connection at once, without a close frame. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** Whether the client answers a ping in time. A client that does not is dropped. */
  probe(withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    // `close` follows at once, and settles the promise.
    const timer = setTimeout(() => this.terminate(), withinMs)
    const settle = (isAlive: boolean): void => {
      clearTimeout(timer)
      resolve(isAlive)
    }
    this.#socket.once('pong', () => settle(true))
    this.onClose(() => settle(false))
    if (this.isOpen) this.#socket.ping()
    return promise
  }

  /** One heartbeat: sends a ping, and drops a client that has sent nothing since the last one. */
  beat(): void {
    // Pongs of a paused client are not read; the stall limit applies instead.
    if (this.#isPaused || this.#isHeld || !this.isOpen) return
    if (this.#isQuiet) {
      this.terminate()
      return
    }
    this.#isQuiet = true
    this.#socket.ping()
  }

  #hear(): void {
    this.#isQuiet = false
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#hear()
    if (!this.isOpen) return
    try {
      if (isBinary) this.#onBinary(data)
      else this.#onText(data.toString())
    } catch (error) {
      this.#onFault(error)
      this.close(CLOSE.failed, 'internal error')
    }
  }

  #answerPing(data: Buffer): void {
    this.#hear()
    // A client that floods pings and reads nothing gets no pongs: RFC 6455 allows a server to answer only the latest
    // one.
    if (this.isOpen && !this.#isPaused) this.#socket.pong(data)
    this.#pauseIfBehind()
  }

  /** The waiting frames and this one, in one buffer. */
  #withSoon(frame?: Buffer): Buffer {
    const parts = frame ? [...this.#soon, frame] : this.#soon
    this.#soon = []
    this.#soonBytes = 0
    return Buffer.concat(parts)
  }

  #write(frame: Frame, onSent?: () => void): void {
    const bytes = this.#soon.length > 0 ? this.#withSoon(frame.bytes) : frame.bytes
    // Nothing is compressed, so frames stay whole and in order, whether written here or by the library.
    if (!onSent) this.#stream.write(bytes)
    else {
      this.#stream.write(bytes, (error) => {
        if (!error) onSent()
      })
    }
    this.#pauseIfBehind()
  }

  #pauseIfBehind(): void {
    if (this.#isPaused || this.queuedBytes <= this.#limits.pauseBytes || !this.isOpen) return
    this.#isPaused = true
    this.#socket.pause()
    setStreamTimeout(this.#stream, this.#limits.stallMs)
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#isQuiet = false
    setStreamTimeout(this.#stream, 0)
    if (!this.#isHeld) this.#socket.resume()
    for (const resolve of this.#waitingForDrain.splice(0)) resolve()
  }

  #drained(): void {
    this.#flushSnapshot()
    if (this.queuedBytes <= this.#limits.pauseBytes) this.#resume()
  }

  #stalled(): void {
    if (this.#isPaused) this.terminate()
  }

  #flushSnapshot(): void {
    const frame = this.#snapshot
    this.#snapshot = undefined
    if (frame && this.isOpen) this.#write(frame)
  }
}

const toFrame = (message: string | Buffer | Frame): Frame =>
  typeof message === 'string' || Buffer.isBuffer(message) ? encodeFrame(message) : message

function setStreamTimeout(stream: Duplex, ms: number): void {
  if ('setTimeout' in stream && typeof stream.setTimeout === 'function') stream.setTimeout(ms)
}

function cutReason(reason: string): string {
  let cut = reason
  while (Buffer.byteLength(cut) > MAX_REASON) cut = cut.slice(0, -1)
  return cut
}
