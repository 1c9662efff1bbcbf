// How a client's socket changes process. Until the server has closed its own handle it reads along, so that what the client
// sends could arrive in either process. The shard therefore takes the socket first, the server lets go of it, and only then
// the shard gets the head and answers the handshake: no client sends anything before.
import type { Socket } from 'node:net'
import type { FromShard, HandedHandshake, ToShard } from './shard-link.ts'

interface Handed {
  readonly socket: Socket
  readonly handshake: HandedHandshake
  readonly settle: (isDone: boolean) => void
}

/** Sends a message, with a socket that stays open here; `onFailed` when the process has ended. */
export type SendSocket = (message: ToShard, socket?: Socket, onFailed?: () => void) => void

/** The server's side, for one shard. */
export class HandOver {
  readonly #send: SendSocket
  readonly #handed = new Map<number, Handed>()
  #last = 0

  constructor(send: SendSocket) {
    this.#send = send
  }

  /** Resolves to true once this process has nothing to do with the socket; to false if the shard ended before. */
  start(socket: Socket, handshake: HandedHandshake): Promise<boolean> {
    // Otherwise Node counts the socket for its server until this process ends, and closing that server can wait forever.
    Object.assign(socket, { server: null })
    const number = ++this.#last
    const { promise, resolve: settle } = Promise.withResolvers<boolean>()
    this.#handed.set(number, { socket, handshake, settle })
    const onClose = (): void => this.#settle(number, true)
    socket.once('close', onClose)
    this.#send({ kind: 'socket', number }, socket, () => this.#settle(number, false))
    return promise.finally(() => socket.off('close', onClose))
  }

  /** The shard has the socket. */
  taken(number: number): void {
    const { socket, handshake } = this.#handed.get(number) ?? {}
    // Meanwhile the client may have left, or the router refused it for lateness.
    const isWanted = socket && !socket.destroyed && !socket.writableEnded
    socket?.destroy()
    this.#send({ kind: 'handshake', number, handshake: (isWanted && handshake) || null })
    this.#settle(number, true)
  }

  /** The shard has ended. */
  failAll(): void {
    for (const number of this.#handed.keys()) this.#settle(number, false)
  }

  #settle(number: number, isDone: boolean): void {
    const handed = this.#handed.get(number)
    this.#handed.delete(number)
    handed?.settle(isDone)
  }
}

/** The shard's side. */
export class TakeOver {
  readonly #tell: (message: FromShard) => void
  readonly #taken = new Map<number, Socket>()

  constructor(tell: (message: FromShard) => void) {
    this.#tell = tell
  }

  /** @param socket undefined: it was closed on the way */
  take(number: number, socket: Socket | undefined): void {
    if (socket) {
      // The router adds its own listener later.
      socket.on('error', () => socket.destroy())
      this.#taken.set(number, socket)
    }
    this.#tell({ kind: 'taken', number })
  }

  /** The socket whose head has arrived; undefined: the client has left. @param isWanted whether there is a head */
  release(number: number, isWanted: boolean): Socket | undefined {
    const socket = this.#taken.get(number)
    this.#taken.delete(number)
    // One that was reset has no address.
    if (isWanted && socket?.remoteAddress !== undefined) return socket
    socket?.destroy()
    return undefined
  }
}
