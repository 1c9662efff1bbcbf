// All connection handling of one server: policies, sockets, and the upgrade router, made from one set of options. All
// servers are built on it, so every server has all checks.
import type { RequestListener, Server } from 'node:http'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { closeApp, closeServer } from './close.ts'
import { installOriginCheck } from './cors.ts'
import { RouteFailures } from './fastify-failures.ts'
import { createApp, createHttpServer, type HttpLimits } from './http.ts'
import { installJsonBody } from './json-body.ts'
import { Locality } from './locality.ts'
import { type OriginOptions, OriginPolicy } from './origins.ts'
import { TrustedProxies } from './proxies.ts'
import { installSecurityHeaders, securityHeaders } from './security-headers.ts'
import { type SocketLimits, Sockets } from './sockets.ts'
import { UpgradeRouter } from './upgrade-router.ts'

/** What an operator configures. */
export interface AccessOptions extends OriginOptions {
  /** Proxies whose forwarded headers are trusted: addresses, networks, or `loopback`. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Opens local routes from anywhere, as a Bearer token. */
  readonly adminKey?: string | undefined
  /** Whether local routes need the key on this machine too. */
  readonly needsKey?: boolean | undefined
  readonly httpLimits?: Partial<HttpLimits> | undefined
  readonly socketLimits?: Partial<SocketLimits> | undefined
}

export interface TransportOptions extends AccessOptions {
  /** Whether it is a shard, whose server relays requests through a Unix socket. Default: it is not. */
  readonly isShard?: boolean | undefined
  /** Receives errors of sockets and handshakes that are bugs, for the log. */
  onFault(error: unknown): void
}

export class Transport {
  readonly origins: OriginPolicy
  readonly proxies: TrustedProxies
  readonly locality: Locality
  readonly sockets: Sockets
  readonly upgrades: UpgradeRouter
  readonly #options: TransportOptions

  /** @throws AppError USAGE for origins, hosts, and proxies that are malformed */
  constructor(options: TransportOptions) {
    const { onFault } = options
    this.#options = options
    this.origins = new OriginPolicy(options)
    this.proxies = new TrustedProxies(options.trustedProxies, options.isShard)
    this.locality = new Locality({
      origins: this.origins,
      proxies: this.proxies,
      adminKey: options.adminKey,
      needsKey: options.needsKey,
    })
    this.sockets = new Sockets({ limits: options.socketLimits, onFault })
    this.upgrades = new UpgradeRouter({ sockets: this.sockets, origins: this.origins, proxies: this.proxies, onFault })
  }

  /** Headers of every answer. Origins that may use the API may also show pages in a frame. */
  get headers(): Readonly<Record<string, string>> {
    return securityHeaders({ frameAncestors: this.origins.origins })
  }

  /** A plain server with the limits and the upgrade router. */
  createServer(onRequest: RequestListener): Server {
    const server = createHttpServer(onRequest, this.#options.httpLimits)
    this.upgrades.attach(server)
    return server
  }

  /** A Fastify server with the limits, the upgrade router, failures, JSON bodies, headers, and origin checks. */
  createApp(logger: FastifyServerOptions['logger']): { app: FastifyInstance; failures: RouteFailures } {
    const failures = new RouteFailures((target) => this.upgrades.has(target))
    const { frameworkErrors } = failures
    const app = createApp({ limits: this.#options.httpLimits, proxies: this.proxies, logger, frameworkErrors })
    this.upgrades.attach(app.server)
    installSecurityHeaders(app, { frameAncestors: this.origins.origins })
    failures.installRoot(app)
    installJsonBody(app)
    installOriginCheck(app, this.origins)
    return { app, failures }
  }

  /** Closes sockets with 1012 and a plain server. */
  closeServer(server: Server): Promise<void> {
    return closeServer(server, this.sockets)
  }

  /** Closes sockets with 1012 and a Fastify server. */
  closeApp(app: FastifyInstance): Promise<void> {
    return closeApp(app, this.sockets)
  }
}
