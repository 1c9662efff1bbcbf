// Passes the messages of a client's websocket on to another server, and its messages back. The client is accepted
// before the other server is there: its first messages wait. Both directions are bounded, and slow readers slow the
// other side down.
import { WebSocket } from 'ws'
import { CLOSE, type SocketConnection } from './connection.ts'
import { encodeFrame } from './frames.ts'

export interface RelayOptions {
  /** Whether the client's messages are passed on; otherwise they are dropped. */
  readonly passesMessages: boolean
  /** Bytes of one message of the other server; default 16 MiB. */
  readonly maxAnswerBytes?: number
}

/** The other end of a client's websocket. */
export interface Relay {
  /** Connects to the other server; a second call changes nothing. @param url `ws://…` */
  connect(url: string): void
}

/** Bytes of a client's messages that may wait for the other server. */
const MAX_WAITING = 256 * 1024
const MAX_ANSWER = 16 * 1024 * 1024
/** Milliseconds for the handshake with the other server. */
const HANDSHAKE_MS = 10_000

/** Attaches itself to a connection at once; messages wait until `connect`. */
export function createRelay(connection: SocketConnection, options: RelayOptions): Relay {
  const waiting: (string | Buffer)[] = []
  let waitingBytes = 0
  let upstream: WebSocket | undefined
  const pass = (message: string | Buffer): void => {
    if (!options.passesMessages) return
    if (upstream?.readyState === WebSocket.OPEN) {
      forward(upstream, connection, message)
      return
    }
    waitingBytes += Buffer.byteLength(message)
    if (waitingBytes <= MAX_WAITING) waiting.push(message)
    else connection.close(CLOSE.busy, 'too many messages before the game was there')
  }
  connection.onText(pass)
  connection.onBinary(pass)
  connection.onClose((code) => {
    waiting.length = 0
    // The library cuts a connection whose other end does not answer the close.
    if (upstream?.readyState === WebSocket.OPEN) upstream.close(passable(code, CLOSE.normal))
    else upstream?.terminate()
  })
  return {
    connect(url) {
      if (upstream || !connection.isOpen) return
      const made = new WebSocket(url, {
        perMessageDeflate: false,
        maxPayload: options.maxAnswerBytes ?? MAX_ANSWER,
        handshakeTimeout: HANDSHAKE_MS,
      })
      upstream = made
      made.on('open', () => {
        for (const message of waiting.splice(0)) forward(made, connection, message)
      })
      made.on('message', (data: Buffer, isBinary) => {
        connection.send(encodeFrame(data, isBinary ? 'binary' : 'text'))
        // A client that does not read slows the other server down, and is dropped if that continues.
        if (!connection.isBehind) return
        made.pause()
        void connection.whenDrained().then(() => made.resume())
      })
      made.on('close', (code, reason) => connection.close(passable(code, CLOSE.failed), reason.toString('utf8')))
      made.on('error', () => connection.close(CLOSE.failed, 'the game cannot be reached'))
    },
  }
}

function forward(upstream: WebSocket, connection: SocketConnection, message: string | Buffer): void {
  upstream.send(message, () => {
    if (upstream.bufferedAmount <= MAX_WAITING) connection.release()
  })
  if (upstream.bufferedAmount > MAX_WAITING) connection.hold()
}

/** A close code that may be sent: those of an end without a close frame, and reserved ones, become another. */
function passable(code: number, otherwise: number): number {
  const isReserved = code === 1004 || code === 1005 || code === 1006 || code > 1014
  if (code === 1005) return CLOSE.normal
  return (code >= 1000 && !isReserved) || (code >= 3000 && code <= 4999) ? code : otherwise
}
