// The one listener for `upgrade` of a server. It attaches the error handler before anything else, reads the target
// defensively, checks origin and credentials before any other work, and answers refusals over HTTP. It never throws.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '../kernel/errors.ts'
import type { SocketConnection } from './connection.ts'
import { readBearer } from './credentials.ts'
import { toFailure } from './errors.ts'
import { type FailureStyle, PROBLEM_STYLE, writeFailure } from './failure-styles.ts'
import type { OriginPolicy } from './origins.ts'
import { isLoopback, type TrustedProxies } from './proxies.ts'
import { respondRaw } from './raw-response.ts'
import { matchPath, type Params, readTarget, type Target } from './request-target.ts'
import { MAX_MESSAGE_BYTES, type Sockets } from './sockets.ts'

/** A handshake as a route sees it. */
export interface UpgradeRequest extends Target {
  readonly request: IncomingMessage
  /** Values of the `:name` parts of the route's pattern. */
  readonly params: Params
  readonly bearer: string | undefined
  /** The client's address. */
  readonly address: string
}

/** The result of a route when the caller may connect: a function that receives the open connection. */
export type Open = (connection: SocketConnection) => void

export interface UpgradeRoute {
  /** Such as `/api/episodes/:id/slots/:slot/perception/stream`. */
  readonly pattern: string
  /** How refusals are written. Default: Problem. */
  readonly style?: FailureStyle | undefined
  /** `any`: for routes whose token or public content makes the origin of a page irrelevant. Default: `allowed`. */
  readonly origins?: 'allowed' | 'any' | undefined
  /** Default: 64 KiB. */
  readonly maxMessageBytes?: number | undefined
  /**
   * Decides who may connect, and prepares what the connection needs. Check credentials first and synchronously; later
   * asynchronous work (opening an adapter) is bounded by the handshake's deadline.
   * @throws AppError (also as a rejection): the refusal, answered over HTTP
   */
  authorize(upgrade: UpgradeRequest): Open | Promise<Open>
}

/** A client's stream after the head of its handshake, and what it sent after that. */
export interface HandshakeStream {
  readonly stream: Duplex
  readonly head: Buffer
}

/**
 * May give a handshake that was admitted to another process.
 * @returns whether it did: the router then forgets the stream
 * @throws AppError (as a rejection): the refusal
 */
export type Delegate = (pattern: string, upgrade: UpgradeRequest, at: HandshakeStream) => Promise<boolean>

export interface UpgradeRouterOptions {
  readonly sockets: Sockets
  readonly origins: OriginPolicy
  readonly proxies: TrustedProxies
  /** Receives errors that are not refusals, for the log. */
  onFault(error: unknown): void
}

interface Entry {
  readonly parts: readonly string[]
  readonly route: UpgradeRoute
}

export class UpgradeRouter {
  readonly #options: UpgradeRouterOptions
  readonly #entries: Entry[] = []
  #pending = 0
  #delegate: Delegate | undefined

  constructor(options: UpgradeRouterOptions) {
    this.#options = options
  }

  add(route: UpgradeRoute): void {
    this.#entries.push({ route, parts: route.pattern.slice(1).split('/') })
  }

  /** Asks another process first. */
  delegate(delegate: Delegate): void {
    this.#delegate = delegate
  }

  /** Whether a target belongs to a socket, so that a plain GET deserves 426 rather than 404. */
  has(target: string | undefined): boolean {
    const read = readTarget(target)
    return read !== undefined && this.#find(read) !== undefined
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      // Node has removed its own listener by now: without this one, a reset of the client ends the process.
      stream.on('error', () => stream.destroy())
      void this.#handle(request, stream, head)
    })
  }

  async #handle(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    let style = PROBLEM_STYLE
    const deadline = setTimeout(() => {
      refuse(stream, new AppError('REQUEST_TIMEOUT', 'The handshake took too long.'), style)
    }, this.#options.sockets.limits.handshakeMs)
    stream.once('close', () => clearTimeout(deadline))
    this.#pending++
    try {
      const { route, upgrade } = this.#locate(request)
      style = route.style ?? PROBLEM_STYLE
      this.#admit(route, upgrade)
      if (this.#delegate && (await this.#delegate(route.pattern, upgrade, { stream, head }))) return
      const open = await route.authorize(upgrade)
      if (stream.destroyed || stream.writableEnded) return
      const { address } = upgrade
      const maxMessageBytes = route.maxMessageBytes ?? MAX_MESSAGE_BYTES
      this.#options.sockets.accept({ request, stream, head, address, maxMessageBytes }, open)
    } catch (error) {
      if (toFailure(error).status === 500) this.#options.onFault(error)
      refuse(stream, error, style)
    } finally {
      this.#pending--
      clearTimeout(deadline)
    }
  }

  /** @throws AppError BAD_REQUEST, METHOD_NOT_ALLOWED, NOT_FOUND */
  #locate(request: IncomingMessage): { route: UpgradeRoute; upgrade: UpgradeRequest } {
    const target = readTarget(request.url)
    if (!target) throw new AppError('BAD_REQUEST', 'The target of the request is malformed.')
    if (request.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', 'A WebSocket handshake is a GET request.')
    const found = this.#find(target)
    if (!found) throw new AppError('NOT_FOUND', 'There is no WebSocket at this address.')
    const { proxies } = this.#options
    const address = proxies.clientAddress(request)
    const upgrade = { ...target, request, address, params: found.params, bearer: readBearer(request.headers) }
    return { route: found.route, upgrade }
  }

  #find(target: Target): { route: UpgradeRoute; params: Params } | undefined {
    for (const { parts, route } of this.#entries) {
      const params = matchPath(parts, target.segments)
      if (params) return { route, params }
    }
    return undefined
  }

  /** @throws AppError ORIGIN_REFUSED, HOST_REFUSED, CONNECTION_LIMIT */
  #admit(route: UpgradeRoute, { request, address }: UpgradeRequest): void {
    const { sockets, origins } = this.#options
    const refusal = route.origins === 'any' ? undefined : origins.refuseOrigin(request.headers)
    if (refusal) throw refusal
    const { connections, perAddress, pending } = sockets.limits
    if (sockets.isClosing) throw new AppError('CONNECTION_LIMIT', 'The server is stopping.')
    if (sockets.size >= connections) throw new AppError('CONNECTION_LIMIT', `${connections} sockets are already open.`)
    if (this.#pending > pending)
      throw new AppError('CONNECTION_LIMIT', `${pending} handshakes are already in progress.`)
    if (!isLoopback(address) && sockets.countOf(address) >= perAddress) {
      throw new AppError('CONNECTION_LIMIT', `${perAddress} sockets from your address are already open.`)
    }
  }
}

function refuse(stream: Duplex, error: unknown, style: FailureStyle): void {
  respondRaw(stream, writeFailure(toFailure(error), style))
}
