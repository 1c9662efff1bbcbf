// One rule for routes that only the operator may use: the caller is on this machine, or sends the admin key.
import { AppError } from '../kernel/errors.ts'
import { isSameSecret, readBearer } from './credentials.ts'
import { isLoopbackHost, type OriginPolicy } from './origins.ts'
import { isLoopback, type Peer, TrustedProxies } from './proxies.ts'

export interface LocalityOptions {
  readonly origins: OriginPolicy
  readonly proxies: TrustedProxies
  /** Opens local routes from anywhere, as a Bearer token; undefined: no token does. */
  readonly adminKey?: string | undefined
  /** Whether callers on this machine need the key too: programs of strangers run on it. Default: they do not. */
  readonly needsKey?: boolean | undefined
}

export class Locality {
  readonly #options: LocalityOptions

  constructor(options: LocalityOptions) {
    this.#options = options
  }

  /**
   * Why the caller may not use a local route; undefined when it may. Local means a loopback peer, a loopback Host
   * (otherwise any name that resolves to this machine would pass), and an Origin that is absent, the server's own, or
   * one that
   * the operator allowed: a page of another program on this machine is refused too. A request with forwarded headers
   * is never local, because a proxy on this machine makes every client a loopback peer; with a trusted proxy the
   * forwarded address must be loopback instead.
   */
  refuse(peer: Peer): AppError | undefined {
    if (this.rightOf(peer) !== null) return undefined
    if (this.#options.needsKey) {
      return new AppError(
        'LOCAL_ONLY',
        'This route needs the admin key: this server runs programs that players upload.',
        {
          hint: 'Send the admin key as a Bearer token.',
        },
      )
    }
    return new AppError('LOCAL_ONLY', 'This route answers callers on the machine of the server only.')
  }

  /** Why a caller may use local routes: the admin key goes before the machine; null: it may not. */
  rightOf(peer: Peer): 'machine' | 'key' | null {
    if (this.#hasAdminKey(peer)) return 'key'
    return !this.#options.needsKey && this.isLocal(peer) ? 'machine' : null
  }

  /** Whether local routes can be used from elsewhere at all. */
  get hasAdminKey(): boolean {
    return this.#options.adminKey !== undefined
  }

  /** Whether the caller is on this machine; this alone gives no right. */
  isLocal(peer: Peer): boolean {
    const { proxies, origins } = this.#options
    const { headers, socket } = peer
    if (TrustedProxies.isForwarded(peer) && !proxies.trusts(socket.remoteAddress)) return false
    if (!isLoopback(proxies.clientAddress(peer)) || !isLoopbackHost(headers.host)) return false
    return origins.refuseOrigin(headers) === undefined
  }

  isAdminKey(given: string): boolean {
    const { adminKey } = this.#options
    return adminKey !== undefined && isSameSecret(given, adminKey)
  }

  #hasAdminKey(peer: Peer): boolean {
    const given = readBearer(peer.headers)
    return given !== undefined && this.isAdminKey(given)
  }
}
