// The websockets of one server: completes handshakes, counts connections in total and by address, keeps the heartbeat,
// and closes them together. connection.ts is the way to send; upgrade-router.ts decides who gets this far.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CLOSE, type ConnectionLimits, SocketConnection } from './connection.ts'
import { JoinedWrites } from './joined-writes.ts'

export interface SocketLimits {
  /** Websockets of a server. Each costs about 10 KB while it is idle. */
  readonly connections: number
  /** Websockets of one address. This machine is not counted, since a proxy on it brings every client. */
  readonly perAddress: number
  /** Concurrent handshakes. */
  readonly pending: number
  /** Milliseconds that a handshake may take, from the request to the 101. */
  readonly handshakeMs: number
  /** Milliseconds between two pings. A client that sends nothing for two of them is dropped. */
  readonly heartbeatMs: number
  readonly connection: Partial<ConnectionLimits>
}

export const SOCKET_LIMITS: SocketLimits = {
  connections: 20_000,
  perAddress: 1000,
  pending: 500,
  handshakeMs: 10_000,
  heartbeatMs: 30_000,
  connection: {},
}

/** Default limit of one message from a client, in bytes. */
export const MAX_MESSAGE_BYTES = 64 * 1024

/** What `accept` needs from an authorised handshake. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly stream: Duplex
  readonly head: Buffer
  readonly address: string
  /** Bytes of one message from this client; a longer one closes the connection with 1009. */
  readonly maxMessageBytes: number
}

export class Sockets {
  readonly limits: SocketLimits
  readonly #onFault: (error: unknown) => void
  /** ws fixes the size of messages per server, so there is one for each size. */
  readonly #servers = new Map<number, WebSocketServer>()
  readonly #open = new Set<SocketConnection>()
  readonly #byAddress = new Map<string, number>()
  readonly #joined: JoinedWrites
  readonly #heart: NodeJS.Timeout
  #isClosing = false

  constructor(options: {
    readonly limits?: Partial<SocketLimits> | undefined
    /** Decides whether messages are joined, instead of the event loop; for tests. */
    readonly isBusy?: () => boolean
    onFault(error: unknown): void
  }) {
    this.#joined = new JoinedWrites(options.isBusy)
    this.limits = { ...SOCKET_LIMITS, ...options.limits }
    this.#onFault = (error) => options.onFault(error)
    this.#heart = setInterval(() => this.#beat(), this.limits.heartbeatMs)
    this.#heart.unref()
  }

  get size(): number {
    return this.#open.size
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Websockets that are open from an address. */
  countOf(address: string): number {
    return this.#byAddress.get(address) ?? 0
  }

  /** Sends 101 and opens the connection. ws answers an invalid handshake with 4xx. */
  accept(handshake: Handshake, onOpen: (connection: SocketConnection) => void): void {
    const { request, stream, head, address } = handshake
    this.#server(handshake.maxMessageBytes).handleUpgrade(request, stream, head, (socket) => {
      const limits = this.limits.connection
      const connection = new SocketConnection(socket, {
        stream,
        address,
        limits,
        joined: this.#joined,
        onFault: this.#onFault,
      })
      this.#add(connection)
      try {
        onOpen(connection)
      } catch (error) {
        this.#onFault(error)
        connection.close(CLOSE.failed, 'internal error')
      }
    })
  }

  #server(maxPayload: number): WebSocketServer {
    const known = this.#servers.get(maxPayload)
    if (known) return known
    const made = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload,
      perMessageDeflate: false,
      // connection.ts answers pings, except those of a client that does not read.
      autoPong: false,
    })
    this.#servers.set(maxPayload, made)
    return made
  }

  #add(connection: SocketConnection): void {
    const { address } = connection
    this.#open.add(connection)
    this.#byAddress.set(address, this.countOf(address) + 1)
    connection.onClose(() => {
      this.#open.delete(connection)
      const left = this.countOf(address) - 1
      if (left > 0) this.#byAddress.set(address, left)
      else this.#byAddress.delete(address)
    })
  }

  #beat(): void {
    for (const connection of this.#open) connection.beat()
  }

  /** Closes every connection with 1012 and stops the heartbeat. Handshakes that come later are refused. */
  close(): void {
    this.#isClosing = true
    clearInterval(this.#heart)
    this.#joined.close()
    for (const connection of this.#open) connection.close(CLOSE.restart, 'the server is stopping')
  }

  /** Ends connections that have not closed by themselves. */
  terminate(): void {
    for (const connection of this.#open) connection.terminate()
  }
}
