// Websocket handshakes by hand: a refusal must be an HTTP answer, not a socket that opens and closes.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

/** A text frame from a client may have at most this many bytes. */
const MAX_FRAME_BYTES = 64 * 1024
/** A socket that has not answered for two of these is dropped. */
const HEARTBEAT_MS = 30_000

export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  503: 'Service Unavailable',
}

/** Answers a handshake with an HTTP status and ends it. A text is sent as `{error}`, a document as it is. */
export function refuseUpgrade({ socket }: Upgrade, status: number, message: string | object): void {
  const body = JSON.stringify(typeof message === 'string' ? { error: message } : message)
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Completes handshakes and keeps the sockets alive. One for a whole server. */
export class Sockets {
  readonly #server: WebSocketServer
  readonly #quiet = new WeakSet<WebSocket>()
  /** The streams below the sockets: snapshots are written there directly, a frame at a time. */
  readonly #streams = new WeakMap<WebSocket, Duplex>()
  readonly #timer: NodeJS.Timeout

  /** @param maxPayload bytes that a frame from a client may have; a longer one ends its connection */
  constructor(maxPayload: number = MAX_FRAME_BYTES) {
    this.#server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false })
    this.#timer = setInterval(() => this.#turn(), HEARTBEAT_MS)
    this.#timer.unref()
  }

  #turn(): void {
    for (const socket of this.#server.clients) {
      if (this.#quiet.has(socket)) socket.terminate()
      else {
        this.#quiet.add(socket)
        socket.ping()
      }
    }
  }

  accept(upgrade: Upgrade, onOpen: (socket: WebSocket) => void): void {
    this.#server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) => {
      this.#streams.set(socket, upgrade.socket)
      const alive = (): boolean => this.#quiet.delete(socket)
      socket.on('pong', alive)
      socket.on('message', alive)
      // A broken frame or a reset: `close` follows and tells the rest.
      socket.on('error', () => socket.terminate())
      onOpen(socket)
    })
  }

  /** Sends text unless the other side has fallen far behind; a socket that reads nothing at all is dropped. */
  send(socket: WebSocket, text: string, isImportant = false): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BUFFERED) {
      if (socket.bufferedAmount > MAX_BUFFERED * 8) socket.terminate()
      if (!isImportant) return
    }
    // Nothing is compressed, so every frame goes out whole and in order, whether written here or by the library.
    this.#streams.get(socket)?.write(formatTextFrame(text))
  }

  /** Closes every socket: 1012 says that the server goes down. */
  close(): void {
    clearInterval(this.#timer)
    for (const socket of this.#server.clients) socket.close(1012)
    this.#server.close()
  }

  /** Ends what has not closed by itself. */
  terminate(): void {
    for (const socket of this.#server.clients) socket.terminate()
  }
}

/** Bytes that may wait for a slow reader before it misses snapshots. */
const MAX_BUFFERED = 1024 * 1024

/** A whole unmasked text frame (RFC 6455, 5.2) in one buffer, so that sending it is one write of one piece. */
export function formatTextFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x81
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, header)
  return frame
}
